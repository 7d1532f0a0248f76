const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isOpening = (code: number) => code === 0x5b || code === 0x7b;
const isClosing = (code: number) => code === 0x5d || code === 0x7d;

/**
 * Where a JSON text is nested deeper than `most` arrays and objects: the index of the bracket that is one too many, -1 if there
 * is none. Nothing after it is read, and the text need not be valid.
 */
export function tooDeepAt(text: string, most: number): number {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inText) {
      if (code === BACKSLASH) index++;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if (isOpening(code) && ++depth > most) return index;
    else if (isClosing(code)) depth--;
  }
  return -1;
}
