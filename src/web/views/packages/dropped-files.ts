/** What was dropped on the page. */
export interface Dropped {
  readonly files: readonly File[];
  /** Of a folder that was dropped as a whole. */
  readonly folder: string | undefined;
}

/** The files of a drop; of folders, those directly in them. Has to be called while the event is handled. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped> {
  // The list is empty after the first wait.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  const folders = entries.filter((entry) => entry !== null).filter(isFolder);
  if (folders.length === 0) return { files, folder: undefined };
  const inFolders = await Promise.all(folders.map(filesOf));
  const alone = files.filter(({ name }) => !folders.some((folder) => folder.name === name));
  return { files: [...alone, ...inFolders.flat()], folder: folders[0]?.name };
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** Browsers hand out some entries at a time, until there are none left. */
async function filesOf(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const found: File[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return found;
    for (const entry of entries) {
      if (entry.isFile) found.push(await fileOf(entry as FileSystemFileEntry));
    }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
