import fc from 'fast-check';

/** Project files in all the ways of writing YAML that people use. */
export const CORPUS: readonly string[] = [
  '',
  '# nothing but a comment\n',
  'version: 1\nproject:\n  name: demo\n  id: demo\n  labels: { app: x, team: "y z" }\n',
  'variables:\n  region: { default: us-central1, env: [GCP_REGION] }\n  count: 3\n  flag: true\n  empty: ""\n  list: [1, two, 3.5]\n',
  'include: [ "conf/*.yaml", more.yaml ]\ntargets:\n  local:\n    default: true\n    backend: local\n  test:\n    train: { maxRows: 1000 }\n',
  'train:\n  models:\n    - logisticregression # one\n    - linearsvc\n\n  # about the seed\n  seed: 42\n  gate: { accuracy: ">0.75" }\n',
  'train:\n  num-features: 1024\n  grid:\n    linearsvc: { regParam: [0.01, 0.1], maxIter: [20, 30] }\n',
  'cluster:\n  properties: { "spark:spark.executor.memory": 4g, "spark:spark.executor.cores": "2" }\n  maxIdle: 3600s\n  secondaryWorkers: { count: 0, type: spot }\n',
  'secrets:\n  kafka_password: { env: KAFKA_PASSWORD }\n  token: { file: secrets/token.txt }\nkafka:\n  auth: { password: "${secret.kafka_password:-}" }\n',
  'dataset:\n  outputDir: data_raw/${project.id}\n  gcsPrefix: "${env.PREFIX:-${date:yyyy-MM-dd}}"\n  format: { labels: { "0": 0, "4": 1 } }\n',
  'notify:\n  - type: slack\n    webhook: "${secret.token}"\n    on: [job.failed]\n  - { type: webhook }\n',
  'project:\n  name: |\n    two\n    lines\n  id: abc\nserve:\n  name: >-\n    folded\n    text\n',
  'base: &base { seed: 1 }\ntrain: *base\n',
  '{ "train": { "seed": 1, "models": ["linearsvc"] }, "serve": { "http": { "port": 8081 } } }\n',
  'train:\r\n  seed: 7\r\n  enableCv: false\r\n',
  '---\nproject: { name: "é尺😀", id: x }\n',
  "project: { name: 'it''s', id: \"a\\tb\" }\nnumbers: [0x1F, 0o17, 1e3, .5, -0, ~, null, True, yes]\n",
];

/** What breaks files: letters typed too much or too little, pieces of syntax, lines moved and doubled. */
// biome-ignore format: a table of scraps
const PIECES = [
  '{', '}', '[', ']', ':', ': ', ',', '"', "'", '#', ' #', '-', '- ', '\n', '\n\n', '\t', ' ', '  ', '|', '>', '&a', '*a', '!', '!!str ',
  '<<: ', '? ', '${', '${var.x}', '$${', '}}', '\r', '\uFEFF', '\u0000', '\u0085', '\u2028', '\ud800', '---\n', '...\n', '%YAML 1.2\n',
  '__proto__: 1\n', 'constructor: {}\n', '1e999', '99999999999999999999', '0x', '.inf', '.nan', '2024-01-01', '~', 'null', '\\', '\u00e9', '@', '`', '%',
];

interface Step {
  readonly at: number;
  readonly kind: 'insert' | 'delete' | 'replace' | 'swap' | 'double';
  readonly piece: string;
  readonly length: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('insert', 'delete', 'replace', 'swap', 'double'),
  piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })),
  length: fc.integer({ min: 1, max: 6 }),
});

/** A text of the corpus after one to five accidents. */
export function mutatedText(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...CORPUS), fc.array(step, { minLength: 1, maxLength: 5 }))
    .map(([text, steps]) => steps.reduce(mutate, text));
}

function mutate(text: string, { at, kind, piece, length }: Step): string {
  const index = Math.round(at * text.length);
  const [before, after] = [text.slice(0, index), text.slice(index)];
  switch (kind) {
    case 'insert':
      return before + piece + after;
    case 'delete':
      return before + after.slice(length);
    case 'replace':
      return before + piece + after.slice(piece.length);
    case 'swap':
      return swapLines(text, index);
    case 'double':
      return before + after.slice(0, length * 4) + after;
  }
}

function swapLines(text: string, index: number): string {
  const lines = text.split('\n');
  const line = text.slice(0, index).split('\n').length - 1;
  const [first = '', second = ''] = [lines[line], lines[line + 1]];
  return [...lines.slice(0, line), second, first, ...lines.slice(line + 2)].join('\n');
}
