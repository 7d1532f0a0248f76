import { SendingCard } from './sending-card.tsx';
import { StoredCard } from './stored-card.tsx';
import type { Upload } from './upload.ts';
import { UploadForm } from './upload-form.tsx';

interface UploadCardProps {
  readonly upload: Upload;
  /** Maximum size of a file; undefined while it is not known. */
  readonly maxBytes: number | undefined;
}

/** One upload, from its files to the offers after its warm-up. A refused one can be corrected. */
export function UploadCard({ upload, maxBytes }: UploadCardProps) {
  const created = upload.created.value;
  const progress = upload.progress.value;
  if (created !== undefined) return <StoredCard upload={upload} created={created} />;
  if (progress !== undefined) return <SendingCard upload={upload} progress={progress} />;
  return <UploadForm upload={upload} maxBytes={maxBytes} />;
}
