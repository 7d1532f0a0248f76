import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { sendJson } from './api.ts';
import { toast } from './toasts.ts';
import { withSegments } from './urls.ts';

/** Starts or ends trading of a package by the service. @throws ApiError */
export async function setAutoTrade(
  { id, name }: Pick<ModelPackageAnswer, 'id' | 'name'>,
  isOn: boolean,
): Promise<void> {
  await sendJson('PATCH', withSegments('/model-packages', id), { auto_trade: isOn });
  toast(isOn ? `The service trades ${name} now.` : `The service no longer trades ${name}.`);
}
