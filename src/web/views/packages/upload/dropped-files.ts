/** Files that were dropped together: those of one folder, or those outside of folders. */
export interface DroppedFiles {
  readonly files: readonly File[];
  /** Name of the folder. */
  readonly folder: string | undefined;
}

/** The dropped files, and those directly in dropped folders. Call it synchronously in the event handler. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly DroppedFiles[]> {
  // The browser clears `items` and `files` after the handler.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  const folders = entries.filter((entry) => entry !== null).filter(isFolder);
  const outside = files.filter(({ name }) => !folders.some((folder) => folder.name === name));
  const inFolders = await Promise.all(
    folders.map(async (folder) => ({ files: await filesIn(folder), folder: folder.name })),
  );
  return outside.length === 0 ? inFolders : [{ files: outside, folder: undefined }, ...inFolders];
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** readEntries returns a batch of entries per call, and an empty one at the end. */
async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return files;
    for (const entry of batch) {
      if (entry.isFile) files.push(await fileOf(entry as FileSystemFileEntry));
    }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
