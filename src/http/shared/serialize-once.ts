import { serializerCompiler } from 'fastify-type-provider-zod';

/** For a route that sends the same object again and again: each object is checked and serialized once. */
export const serializeOnce: typeof serializerCompiler = (route) => {
  const serialize = serializerCompiler(route);
  const texts = new WeakMap<object, string>();
  return (answer: object) => {
    const text = texts.get(answer) ?? serialize(answer);
    texts.set(answer, text);
    return text;
  };
};
