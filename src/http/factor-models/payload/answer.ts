import { createHash } from 'node:crypto';
import { dimFactorsOf, type FactorGroup, featureDimOf } from '../../../factor-models/factor-group.ts';
import type { FactorSnapshot } from '../../../factor-models/factor-snapshot.ts';
import { originOf } from '../answer.ts';
import { trainingOf } from '../symbols/answer.ts';
import type { PayloadDescription } from './schema.ts';

export function describePayload(snapshot: FactorSnapshot, group: FactorGroup): PayloadDescription {
  const { model_name, scanned_at } = originOf(snapshot);
  return {
    metadata: {
      model_name,
      symbol: group.symbol,
      return_name: group.returnName,
      feature_dim: featureDimOf(group),
      ...trainingOf(group.info),
      model_json_path: group.model?.jsonPath ?? '',
      source_root_path: snapshot.rootPath,
      scanned_at,
    },
    dim_factors: dimFactorsOf(group),
  };
}

/** The body that `payloadAnswer` describes. @param model a JSON string literal in UTF-8 */
export function payloadBody({ metadata, dim_factors }: PayloadDescription, model: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from('{"ok":true,"message":"ok","payload":{"model_json":'),
    model,
    Buffer.from(`,"metadata":${JSON.stringify(metadata)},"dim_factors":${JSON.stringify(dim_factors)}}}`),
  ]);
}

/**
 * A weak ETag (factor-models.md#25): the same payload may be sent in several encodings. It does not depend on
 * `scanned_at`, so a scan without changes does not change it.
 */
export function payloadTag({ metadata, dim_factors }: PayloadDescription, group: FactorGroup): string {
  const { scanned_at: _, ...stable } = metadata;
  const hash = createHash('sha256').update(JSON.stringify([stable, dim_factors, group.model?.sha256]));
  return `W/"${hash.digest('base64url').slice(0, 27)}"`;
}

/** Whether `If-None-Match` names this tag, by the weak comparison of RFC 9110, 13.1.2. */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return ifNoneMatch?.split(',').some((one) => one.trim() === '*' || opaque(one) === opaque(tag)) ?? false;
}
