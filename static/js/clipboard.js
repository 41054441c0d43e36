// The pictures in the clipboard, for a button that adds them to the reference images.

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
  return files;
};
