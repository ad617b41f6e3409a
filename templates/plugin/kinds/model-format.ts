import type { FittedModel, FittedStage, ModelFormat } from 'sentops/plugin';

const FILE = '{{name}}.json';

interface StoredStage extends Omit<FittedStage, 'arrays'> {
  arrays: Record<string, { integers: boolean; values: number[] }>;
}

/** Keeps a model in one JSON file. */
export default function createFormat(): ModelFormat {
  return {
    recognises: files => files.has(FILE),
    async read(files) {
      const bytes = files.get(FILE);
      if (!bytes) throw new Error(`${FILE} is missing`);
      const stored = JSON.parse(new TextDecoder().decode(bytes)) as { labels: string[]; stages: StoredStage[] };
      return { labels: stored.labels, stages: stored.stages.map(readStage) };
    },
    async write({ labels, stages }: FittedModel) {
      return new Map([[FILE, new TextEncoder().encode(JSON.stringify({ labels, stages: stages.map(writeStage) }))]]);
    },
  };
}

function writeStage({ type, params, arrays }: FittedStage): StoredStage {
  const entries = Object.entries(arrays).map(([key, array]) => [key, { integers: array instanceof Int32Array, values: [...array] }]);
  return { type, params, arrays: Object.fromEntries(entries) };
}

function readStage({ type, params, arrays }: StoredStage): FittedStage {
  const entries = Object.entries(arrays).map(([key, { integers, values }]) => [key, integers ? Int32Array.from(values) : Float64Array.from(values)]);
  return { type, params, arrays: Object.fromEntries(entries) };
}
