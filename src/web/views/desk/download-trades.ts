import { request } from '../../data/api.ts';
import { saveFile } from '../../data/save-file.ts';
import { withQuery } from '../../data/urls.ts';

const PAGE_SIZE = 500;

/** Saves all trades of a list as one CSV file. @throws ApiError */
export async function downloadTrades(path: string, fileName: string): Promise<void> {
  const pages: string[] = [];
  let cursor: string | undefined;
  do {
    const address: string = withQuery(path, { limit: String(PAGE_SIZE), cursor });
    const response = await request(address, { headers: { accept: 'text/csv' } });
    const text = await response.text();
    // Every page begins with the header line.
    pages.push(pages.length === 0 ? text : text.slice(text.indexOf('\n') + 1));
    cursor = response.headers.get('x-next-cursor') ?? undefined;
  } while (cursor !== undefined);
  saveFile(new Blob(pages, { type: 'text/csv' }), fileName);
}
