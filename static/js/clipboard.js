// A button adds the pictures in the clipboard to the reference images.

import { announce } from "./dom.js";
import { add, word } from "./references.js";

export const read = async () => {
  const files = [];
  try {
    for (const entry of await navigator.clipboard.read()) {
      const type = entry.types.find((name) => name.startsWith("image/"));
      if (type) files.push(new File([await entry.getType(type)], `clipboard.${type.slice(6)}`, { type }));
    }
  } catch (error) {
    const { name } = /** @type {DOMException} */ (error);
    if (!["NotAllowedError", "DataError", "NotFoundError"].includes(name)) throw error;
  }
  if (files.length) add(files);
  else announce(word("noPicture"));
};
