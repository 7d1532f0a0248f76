import { saveFile } from './save-file.ts';
import { toast } from './toasts.ts';

/** Copies a text; where the browser allows that to no page (without TLS, away from this machine) it is saved as a file. */
export async function copyText(text: string, fileName: string, type: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied.');
  } catch {
    saveFile(new Blob([text], { type }), fileName);
    toast(`The browser does not let pages copy here; saved as ${fileName}.`, 'plain');
  }
}
