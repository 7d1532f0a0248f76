import { saveFile } from './save-file.ts';
import { toast } from './toasts.ts';

/** Copies a text; saves it as a file where the browser refuses, as it does without TLS away from this machine. */
export async function copyText(text: string, fileName: string, type: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied.');
  } catch {
    saveFile(new Blob([text], { type }), fileName);
    toast(`The browser does not allow copying here; saved as ${fileName}.`, 'plain');
  }
}
