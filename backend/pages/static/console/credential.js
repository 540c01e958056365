// Security keys: the browser's own bytes on one side, base64url in JSON on the other.

function bytes(text) {
  const whole = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(whole, (one) => one.charCodeAt(0));
}

function text(buffer) {
  const whole = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(whole).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const named = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

/** Let a key sign; what the door wants to know of it. */
export async function signed(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  return {
    credential_id: text(rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  };
}

/** Let a key be made; what the door wants to know of it. */
export async function made(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const excludeCredentials = named(options.excludeCredentials);
  const publicKey = { ...options, challenge: bytes(options.challenge), user, excludeCredentials };
  const { rawId, response } = await navigator.credentials.create({ publicKey });
  return { credential_id: text(rawId), client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) };
}
