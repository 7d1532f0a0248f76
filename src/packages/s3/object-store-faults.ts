import { PaperdeskError } from '../../errors.ts';
import type { S3Location } from '../package-store-location.ts';

const RETRY_AFTER_SECONDS = 10;

/** What the SDK adds to its errors. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * The error with a code that an error of the SDK means; a PaperdeskError is returned as it is. The answer of a store is
 * foreign text, so only its short names are shown.
 */
export function objectStoreFault(error: unknown, { bucket, endpoint }: S3Location): PaperdeskError {
  if (error instanceof PaperdeskError) return error;
  const { name, code, $metadata } = error as SdkError;
  // Without what else the address may have, for example a password.
  const store = `The object store ${endpoint === undefined ? 'of Amazon' : new URL(endpoint).host} (bucket ${bucket})`;
  if (name === 'NoSuchKey') {
    return new PaperdeskError(
      'PACKAGE_FILE_MISSING',
      `${store} does not have a file that it got. Restore the bucket, or delete the package and upload it again.`,
      { cause: error },
    );
  }
  const names = [name, code].filter((text) => typeof text === 'string' && /^\w{3,60}$/.test(text));
  const status = $metadata?.httpStatusCode;
  const reasons = [...new Set(names), ...(status === undefined ? [] : [`status ${status}`])];
  return new PaperdeskError(
    'PACKAGE_STORE_UNAVAILABLE',
    `${store} does not do what is asked of it (${reasons.join(', ')}). ${adviceOn(name, status)}`,
    { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

function adviceOn(name: string, status: number | undefined): string {
  if (name === 'CredentialsProviderError')
    return 'There are no credentials for it; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
  if (name === 'NoSuchBucket') return 'Create the bucket, or correct MODEL_PACKAGES_DIR.';
  if (status === 401 || status === 403)
    return 'Check the credentials and what they may do (docs/operations.md).';
  if (status !== undefined && status >= 300 && status < 400) return 'Check S3_REGION and S3_ENDPOINT.';
  return 'Try again.';
}
