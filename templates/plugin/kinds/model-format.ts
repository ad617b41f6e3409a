import type { FittedModel, ModelFormat } from 'sentops/plugin';

const FILE = '{{name}}.json';

/** Keeps a model in one JSON file: a model is plain data, only its typed arrays need a word of their own. */
export default function createFormat(): ModelFormat {
  return {
    recognises: files => files.has(FILE),
    async read(files) {
      const bytes = files.get(FILE);
      if (!bytes) throw new Error(`${FILE} is missing`);
      return JSON.parse(new TextDecoder().decode(bytes), restoreArray) as FittedModel;
    },
    async write(model: FittedModel) {
      return new Map([[FILE, new TextEncoder().encode(JSON.stringify(model, describeArray))]]);
    },
  };
}

function describeArray(_key: string, value: unknown): unknown {
  if (value instanceof Float64Array) return { floats: [...value].map(String) };
  return value instanceof Int32Array ? { integers: [...value] } : value;
}

function restoreArray(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('floats' in value) return Float64Array.from(value.floats as string[], Number);
  return 'integers' in value ? Int32Array.from(value.integers as number[]) : value;
}
