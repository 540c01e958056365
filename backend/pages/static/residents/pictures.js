// Photos to add: drawn small and bare on the phone before anything is sent.

import { fill, h, icon } from "../shared/dom.js";
import { number, say } from "../shared/words.js";
import { optionalNote, slip } from "./parts.js";
import { forget, MOST_PHOTOS, prepare, TAKEN } from "./photos.js";

async function addAll(draft, files) {
  const room = MOST_PHOTOS - draft.photos.length;
  for (const file of files.slice(0, room)) {
    try {
      draft.photos.push(await prepare(file));
    } catch (problem) {
      return say(problem.heic ? "form.photos.heic" : "form.photos.bad");
    }
  }
  return files.length > room ? say("form.photos.most", { count: number(MOST_PHOTOS) }) : "";
}

function photoItem(photo, name, onRemove) {
  return h("li", {},
    h("img", { src: photo.preview, alt: say("form.photos.one", { name }) }),
    h("button", { type: "button", class: "button plain", onclick: onRemove }, icon("trash-2"), say("form.photos.away"),
      h("span", { class: "visually-hidden" }, ` ${say("form.photos.one", { name })}`)));
}

/** The list of photos with the way to add one; `words` are those of this form. */
export function photoFields(context, words) {
  const { draft, changed } = context;
  const wrong = slip("photo-slip");
  const busy = h("p", { class: "quiet small", role: "status" });
  const list = h("ul", { class: "photos" });
  const input = h("input", { type: "file", accept: TAKEN.join(","), multiple: true, class: "visually-hidden", id: "photo-file" });
  const redraw = () => {
    const remove = (photo, at) => () => { forget(photo); draft.photos.splice(at, 1); redraw(); input.focus(); };
    fill(list, draft.photos.map((photo, at) => photoItem(photo, number(at + 1), remove(photo, at))));
    list.hidden = draft.photos.length === 0;
    input.hidden = input.disabled = draft.photos.length >= MOST_PHOTOS;
    changed();
  };
  input.addEventListener("change", async () => {
    wrong.textContent = "";
    busy.textContent = say("form.photos.busy");
    wrong.textContent = await addAll(draft, [...input.files]);
    input.value = "";
    busy.textContent = "";
    redraw();
  });
  redraw();
  return [list, input,
    h("label", { class: "button add-photo", for: "photo-file" }, icon("image-plus"), h("span", {}, words.add)), busy, wrong,
    h("p", { class: "quiet small" }, `${say("form.photos.most", { count: number(MOST_PHOTOS) })} ${words.kept}`)];
}

export const photosStep = {
  key: "photos",
  title: () => say("form.photos"),
  fill(container, context) {
    const words = { add: say("form.photos.add"), kept: say("form.photos.kept") };
    fill(container, optionalNote(), photoFields(context, words));
  },
  skips: ({ photos }) => photos.length === 0,
};
