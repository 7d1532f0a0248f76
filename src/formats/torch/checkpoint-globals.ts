import { dictOf, forNames, instanceOf } from '../pickle/pickle-globals.ts';
import type { AllowedGlobal, GlobalTable } from '../pickle/pickle-values.ts';

/** A dict whose keys can be read as attributes. */
const ATTRIBUTE_DICT: AllowedGlobal = { call: dictOf, create: dictOf };

const CONFIG_CLASSES = [
  'dictconfig DictConfig',
  'listconfig ListConfig',
  'base ContainerMetadata',
  'base Metadata',
  ...['Any', 'String', 'Integer', 'Float', 'Boolean'].map((type) => `nodes ${type}Node`),
];

/** What Lightning and its users save beside the weights, as data; classes that are only keys stay names. */
export const CHECKPOINT_GLOBALS: GlobalTable = {
  ...forNames(
    '',
    [
      'lightning_fabric.utilities.data AttributeDict',
      'lightning.fabric.utilities.data AttributeDict',
      'lightning.pytorch.utilities.parsing AttributeDict',
      'pytorch_lightning.utilities.parsing AttributeDict',
    ],
    ATTRIBUTE_DICT,
  ),
  // Lightning before 1.5 keyed the states of callbacks by their classes.
  ...forNames(
    'pytorch_lightning.callbacks.',
    ['model_checkpoint ModelCheckpoint', 'early_stopping EarlyStopping', 'lr_monitor LearningRateMonitor'],
    {},
  ),
  ...Object.fromEntries(
    CONFIG_CLASSES.map((name) => [`omegaconf.${name}`, instanceOf(`omegaconf.${name.split(' ')[1]}`)]),
  ),
  'typing Any': {},
};
