import {
  doubleField,
  doublesField,
  integerField,
  longField,
  type SparkField,
  structField,
  tableOf,
  textField,
} from '../../../../../src/lib/model/formats/spark/fields.ts';
import { readSpark } from '../../../../../src/lib/model/formats/spark/read.ts';
import type { Stage } from '../../../../../src/lib/model/stages.ts';
import { writeParquet } from '../../../../../src/lib/parquet/write.ts';

/** Folders of stages as some version of Spark saves them, put together file by file. */
export type Files = Map<string, Uint8Array>;

export interface StageRules {
  readonly className: string;
  readonly version?: string;
  readonly set?: object;
  readonly defaults?: object;
  /** Fields beside the usual ones. */
  readonly top?: object;
  readonly tables?: Readonly<Record<string, readonly SparkField[]>>;
  readonly rows?: Readonly<Record<string, number>>;
  readonly inner?: Readonly<Record<string, StageRules>>;
}

export function addStage(files: Files, path: string, uid: string, rules: StageRules): void {
  const { className, version = '4.0.1', set = {}, defaults, top = {}, tables = {}, rows = {}, inner = {} } = rules;
  const json = {
    class: `org.apache.spark.ml.${className}`,
    timestamp: 1_700_000_000_000,
    sparkVersion: version,
    uid,
    paramMap: set,
    ...(defaults === undefined ? {} : { defaultParamMap: defaults }),
    ...top,
  };
  files.set(`${path}metadata/part-00000-0c1d-c000.txt`, Buffer.from(`${JSON.stringify(json)}\n`));
  for (const [name, fields] of Object.entries(tables))
    files.set(`${path}${name}/part-00000-0c1d-c000.parquet`, writeParquet(tableOf(rows[name] ?? 1, fields)));
  for (const [name, each] of Object.entries(inner)) addStage(files, `${path}${name}/`, `${uid}_${name}`, each);
}

/** A pipeline of these stages: `uid` of each is its name. */
export function pipelineOf(stages: Readonly<Record<string, StageRules>>): Files {
  const files: Files = new Map();
  const uids = Object.keys(stages);
  addStage(files, '', 'PipelineModel_1', { className: 'PipelineModel', set: { stageUids: uids } });
  for (const [index, uid] of uids.entries()) addStage(files, `stages/${index}_${uid}/`, uid, stages[uid] as StageRules);
  return files;
}

const dense = { type: 'dense', values: Float64Array.of(0.5, -0.5) } as const;

/** Something to end a pipeline with. */
export const SVC: StageRules = {
  className: 'classification.LinearSVCModel',
  set: { featuresCol: 'features' },
  defaults: { labelCol: 'label', predictionCol: 'prediction', rawPredictionCol: 'rawPrediction', threshold: 0.0 },
  tables: { data: [vectorOf('coefficients', dense), doubleField('intercept', Float64Array.of(0.25))] },
};

function vectorOf(name: string, vector: { readonly type: 'dense'; readonly values: Float64Array }): SparkField {
  return structField(name, [integerField('type', Int32Array.of(1)), doublesField('values', [vector.values])]);
}

/** The stage as it is read in front of a classifier. */
export async function readStage(rules: StageRules): Promise<Stage> {
  const model = await readSpark(pipelineOf({ stage: rules, svc: SVC }));
  return model.stages[0] as Stage;
}

/** The classifier as it is read. */
export async function readClassifier(rules: StageRules): Promise<Stage> {
  return (await readSpark(pipelineOf({ stage: rules }))).stages[0] as Stage;
}

export interface Node {
  readonly tree: number;
  readonly id: number;
  readonly left?: number;
  readonly right?: number;
  readonly feature?: number;
  readonly split?: readonly number[];
  readonly categories?: number;
  readonly stats: readonly number[];
}

interface TreeRules {
  readonly nodes: readonly Node[];
  readonly weights?: readonly (readonly [tree: number, weight: number])[];
  /** Names of columns as Spark 4 gives them. */
  readonly isFour?: boolean;
  readonly hasRawCount?: boolean;
}

export function treeTables({
  nodes,
  weights = [[0, 1]],
  isFour = false,
  hasRawCount = true,
}: TreeRules): Pick<StageRules, 'tables' | 'rows'> {
  const whole = (pick: (node: Node) => number) => Int32Array.from(nodes, pick);
  const numbers = (pick: (node: Node) => number) => Float64Array.from(nodes, pick);
  const raw = longField(
    'rawCount',
    nodes.map(node => BigInt(node.stats.reduce((sum, each) => sum + each, 0))),
  );
  const nodeData = structField('nodeData', [
    integerField(
      'id',
      whole(node => node.id),
    ),
    doubleField(
      'prediction',
      numbers(node => node.id / 10),
    ),
    doubleField(
      'impurity',
      numbers(() => 0.5),
    ),
    doublesField(
      'impurityStats',
      nodes.map(node => Float64Array.from(node.stats)),
    ),
    ...(hasRawCount ? [raw] : []),
    doubleField(
      'gain',
      numbers(() => 0.1),
    ),
    integerField(
      'leftChild',
      whole(node => node.left ?? -1),
    ),
    integerField(
      'rightChild',
      whole(node => node.right ?? -1),
    ),
    structField('split', [
      integerField(
        'featureIndex',
        whole(node => node.feature ?? -1),
      ),
      doublesField(
        'leftCategoriesOrThreshold',
        nodes.map(node => Float64Array.from(node.split ?? [])),
      ),
      integerField(
        'numCategories',
        whole(node => node.categories ?? -1),
      ),
    ]),
  ]);
  const [id, metadata, weight] = isFour ? ['_1', '_2', '_3'] : ['treeID', 'metadata', 'weights'];
  const about = [
    integerField(
      id as string,
      Int32Array.from(weights, ([tree]) => tree),
    ),
    textField(
      metadata as string,
      weights.map(() => '{}'),
    ),
    doubleField(
      weight as string,
      Float64Array.from(weights, ([, each]) => each),
    ),
  ];
  return {
    tables: {
      data: [
        integerField(
          'treeID',
          whole(node => node.tree),
        ),
        nodeData,
      ],
      treesMetadata: about,
    },
    rows: { data: nodes.length, treesMetadata: weights.length },
  };
}
