// An OpenID provider for tests, on a port of its own; prints its issuer as one line of JSON, and ends with its input.
//
// Clients register themselves; every one of them needs PKCE. Whoever types a name is that subject.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const privateJwk = (kind, options, more) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }),
  use: "sig",
  ...more,
});

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: {
      keys: [
        privateJwk("rsa", { modulusLength: 2048 }, { alg: "RS256", kid: "rsa" }),
        privateJwk("ec", { namedCurve: "P-256" }, { alg: "ES256", kid: "ec" }),
      ],
    },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
    cookies: { keys: ["of no worth outside tests"] },
    features: { devInteractions: { enabled: true }, registration: { enabled: true } },
    pkce: { required: () => true },
    claims: { openid: ["sub"], badge: ["badge"] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, badge: `badge of ${id}` }) }),
  });
  server.on("request", provider.callback());
  console.log(JSON.stringify({ issuer }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit());
