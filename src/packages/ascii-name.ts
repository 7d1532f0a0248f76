/**
 * A name of any script in the letters of ids: `Ümlaut 模型` becomes `Umlaut MoXing`. The tables are loaded for the first name
 * that needs them.
 */
export async function asciiNameOf(name: string): Promise<string> {
  if (/^\p{ASCII}*$/u.test(name)) return name;
  const { default: anyAscii } = await import('any-ascii');
  return anyAscii(name.normalize('NFKC'));
}
