/** The tags in a text that separates them by commas; a `#` before one is left out. */
export function tagsOfText(text: string): string[] {
  return text
    .split(',')
    .map((tag) => tag.trim().replace(/^#\s*/, ''))
    .filter((tag) => tag !== '');
}
