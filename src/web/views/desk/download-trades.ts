import { request } from '../../data/api.ts';
import { saveFile } from '../../data/save-file.ts';

const AT_ONCE = 500;

/** Saves all trades of a list as one CSV file. @throws ApiError */
export async function downloadTrades(path: string, fileName: string): Promise<void> {
  const parts: string[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = { limit: String(AT_ONCE), ...(cursor === null ? {} : { cursor }) };
    const response: Response = await request(`${path}?${new URLSearchParams(query)}`, {
      headers: { accept: 'text/csv' },
    });
    const text = await response.text();
    // Every page has the names of the columns in its first line.
    parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\n') + 1));
    cursor = response.headers.get('x-next-cursor');
  } while (cursor !== null);
  saveFile(new Blob(parts, { type: 'text/csv' }), fileName);
}
