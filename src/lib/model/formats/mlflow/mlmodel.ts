import { createHash } from 'node:crypto';
import { VERSION } from '../../../core/version.ts';
import type { FittedModel } from '../../types.ts';
import { WRITTEN_VERSION } from '../spark/written-version.ts';
import { EXAMPLE_FILE, SERVING_FILE } from './input-example.ts';
import { knowsStage } from './knows-stage.ts';
import { quoteText } from './stamp-run.ts';

interface Facts {
  readonly model: FittedModel;
  readonly native: Uint8Array;
  readonly hasSpark: boolean;
  readonly bytes: number;
}

/** Whether our loader can score the model without Spark. */
export function isPythonModel(model: FittedModel): boolean {
  return model.stages.every(knowsStage);
}

/** The version of MLflow whose folders these are like. */
const MLFLOW = '3.0.0';
const PYTHON = '3.11';

/** From the first versions that run on this Python; below the next that may be no longer what these were. */
const below = (version: string) => `>=${version},<${Number.parseInt(version, 10) + 1}`;
const PACKAGES = [`mlflow${below(MLFLOW)}`, 'numpy>=1.23.2'];
const WITHOUT_SPARK = [...PACKAGES, 'pandas>=1.5.3'];
/** Spark 3 and 4 do not support pandas 3. */
const WITH_SPARK = [...PACKAGES, 'pandas>=1.5.3,<3', `pyspark${below(WRITTEN_VERSION)}`];

/** The description of a model that MLflow looks for first. Written as text: its few keys are known. */
export function formatMLmodel({ model, native, hasSpark, bytes }: Facts): string {
  const created = new Date(Date.parse(model.about.createdAt ?? '') || 0).toISOString();
  const uuid = createHash('sha256').update(native).digest('hex').slice(0, 32);
  const inPython = isPythonModel(model);
  return lines([
    'artifact_path: model',
    'flavors:',
    ...(inPython || hasSpark ? formatPyfunc(inPython) : []),
    '  sentops:',
    '    data: data/model.sentops',
    `    version: ${VERSION}`,
    ...(hasSpark ? SPARK : []),
    'is_signature_from_type_hint: false',
    `mlflow_version: ${MLFLOW}`,
    `model_size_bytes: ${bytes}`,
    `model_uuid: ${quoteText(uuid)}`,
    ...EXAMPLE,
    ...formatSignature(model, inPython),
    'type_hint_from_example: false',
    `utc_time_created: ${quoteText(created.replace('T', ' ').replace('Z', '000'))}`,
  ]);
}

const EXAMPLE = [
  'saved_input_example_info:',
  `  artifact_path: ${EXAMPLE_FILE}`,
  '  pandas_orient: split',
  `  serving_input_path: ${SERVING_FILE}`,
  '  type: dataframe',
];

const SPARK = [
  '  spark:',
  '    code: null',
  '    model_class: pyspark.ml.pipeline.PipelineModel',
  '    model_data: sparkml',
  `    pyspark_version: ${WRITTEN_VERSION}`,
];

/** Our loader needs no Spark; what it does not know is left to MLflow's own, which starts one. */
function formatPyfunc(inPython: boolean): string[] {
  const place = inPython
    ? ['    code: code', '    data: data', '    loader_module: sentops_pyfunc']
    : ['    data: sparkml', '    loader_module: mlflow.spark'];
  const env = ['    env:', '      conda: conda.yaml', '      virtualenv: python_env.yaml'];
  return ['  python_function:', ...place, ...env, `    python_version: ${PYTHON}.0`];
}

function formatSignature(model: FittedModel, inPython: boolean): string[] {
  const inputs = [{ type: 'string', name: 'text', required: true }];
  const outputs = inPython ? describeOutputs(model) : [{ type: 'double', required: true }];
  const params = inPython ? formatParams(model) : null;
  return [
    'signature:',
    `  inputs: ${quoteText(asciiJson(inputs))}`,
    `  outputs: ${quoteText(asciiJson(outputs))}`,
    `  params: ${params === null ? 'null' : quoteText(asciiJson(params))}`,
  ];
}

/** YAML takes no control characters as they are, and ends a line at some that JSON does not escape. */
function asciiJson(value: unknown): string {
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escapeUnit);
}

/** As the loader answers: the class, and how probable the positive class or the one named is. */
function describeOutputs({ labels }: FittedModel) {
  const double = (name: string) => ({ type: 'double', name, required: true });
  const each = labels.length === 2 ? [] : labels.map(label => double(`probability_${label}`));
  return [{ type: 'string', name: 'label', required: true }, double('probability'), ...each];
}

/** From which probability on a row is positive; null leaves the decision to the model. */
function formatParams({ labels, stages, calibration }: FittedModel): readonly unknown[] | null {
  const last = stages.at(-1);
  const probable = calibration !== undefined || (last !== undefined && 'probabilityCol' in last);
  if (labels.length !== 2 || !probable) return null;
  return [{ name: 'threshold', type: 'double', default: null, shape: null }];
}

/** Files that environment managers read: relative path → text. */
export function formatEnvironment(inPython: boolean): Readonly<Record<string, string>> {
  const packages = inPython ? WITHOUT_SPARK : WITH_SPARK;
  const python = [`python: '${PYTHON}'`, 'build_dependencies:', '- pip', '- setuptools', '- wheel'];
  const pip = packages.map(name => `  - ${name}`);
  const conda = ['channels:', '- conda-forge', 'dependencies:', `- python=${PYTHON}`, '- pip', '- pip:', ...pip];
  return {
    'requirements.txt': lines(packages),
    'python_env.yaml': lines([...python, 'dependencies:', '- -r requirements.txt']),
    'conda.yaml': lines([...conda, 'name: mlflow-env']),
  };
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
