import {
  type Attribute,
  ELEMENT_TYPES,
  type ExternalTensor,
  type GraphValue,
  type Initializer,
  type OnnxGraph,
  type OnnxNode,
} from './model.ts';
import {
  bytesField,
  floatField,
  integerField,
  integersField,
  type Message,
  message,
  messageField,
  stringField,
  toBytes,
} from './protobuf.ts';

/** IR 9 and operator set 20 (the first one with Gelu) came together, in ONNX 1.15. */
const IR_VERSION = 9;
const OPERATOR_SET = 20;
const MICROSOFT_OPERATOR_SET = 1;
const EXTERNAL = 1;
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** The bytes of an ONNX model file (ModelProto of onnx.proto3; field numbers are those of that file). */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  return toBytes(
    message(
      integerField(1, IR_VERSION),
      stringField(2, 'paperdesk'),
      messageField(7, encodeGraph(graph)),
      messageField(8, encodeOperatorSet('', OPERATOR_SET)),
      messageField(8, encodeOperatorSet('com.microsoft', MICROSOFT_OPERATOR_SET)),
    ),
  );
}

function encodeOperatorSet(domain: string, version: number): Message {
  return message(stringField(1, domain), integerField(2, version));
}

function encodeGraph(graph: OnnxGraph): Message {
  const overridable = graph.initializers.filter(
    (tensor) => 'location' in tensor && tensor.overridable === true,
  ) as ExternalTensor[];
  return message(
    ...graph.nodes.map((node) => messageField(1, encodeNode(node))),
    stringField(2, graph.name),
    ...graph.initializers.map((tensor) => messageField(5, encodeTensor(tensor))),
    ...[...graph.inputs, ...overridable].map((value) => messageField(11, encodeValue(value))),
    ...graph.outputs.map((value) => messageField(12, encodeValue(value))),
  );
}

function encodeNode(node: OnnxNode): Message {
  return message(
    ...node.inputs.map((name) => stringField(1, name)),
    ...node.outputs.map((name) => stringField(2, name)),
    // onnxruntime's messages name the node so; the first output identifies it.
    stringField(3, node.outputs[0] ?? node.operator),
    stringField(4, node.operator),
    ...Object.entries(node.attributes).map(([name, value]) => messageField(5, encodeAttribute(name, value))),
    stringField(7, node.domain),
  );
}

function encodeAttribute(name: string, value: Attribute): Message {
  const head = stringField(1, name);
  if ('float' in value)
    return message(head, floatField(2, value.float), integerField(20, ATTRIBUTE_TYPE.float));
  if ('int' in value) return message(head, integerField(3, value.int), integerField(20, ATTRIBUTE_TYPE.int));
  if ('string' in value)
    return message(head, stringField(4, value.string), integerField(20, ATTRIBUTE_TYPE.string));
  return message(head, integersField(8, value.ints), integerField(20, ATTRIBUTE_TYPE.ints));
}

function encodeTensor(tensor: Initializer): Message {
  const dims = integersField(1, tensor.dims);
  const name = stringField(8, tensor.name);
  if ('values' in tensor) {
    const { values } = tensor;
    const type = values instanceof Float32Array ? ELEMENT_TYPES.float32 : ELEMENT_TYPES.int64;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return message(dims, integerField(2, type.code), name, bytesField(9, bytes));
  }
  const place = { location: tensor.location, offset: `${tensor.offset}`, length: `${tensor.length}` };
  return message(
    dims,
    integerField(2, ELEMENT_TYPES[tensor.type].code),
    name,
    ...Object.entries(place).map(([key, value]) =>
      messageField(13, message(stringField(1, key), stringField(2, value))),
    ),
    integerField(14, EXTERNAL),
  );
}

function encodeValue(value: GraphValue): Message {
  const dims = value.dims.map((dim) =>
    messageField(1, typeof dim === 'number' ? integerField(1, dim) : stringField(2, dim)),
  );
  const tensorType = message(
    integerField(1, ELEMENT_TYPES[value.type].code),
    messageField(2, message(...dims)),
  );
  return message(stringField(1, value.name), messageField(2, message(messageField(1, tensorType))));
}
