import type {
  BinaryClassifierStage,
  LogisticRegressionStage,
  NaiveBayesStage,
  OneVsRestStage,
  Stage,
  Trees,
  Vector,
} from '../stages.ts';
import { areSpans, type Complain, checkFields } from './check-fields.ts';
import { STAGE_FIELDS } from './stage-fields.ts';

/**
 * Numbers that scoring may lay out for a classifier: 2 GiB. A sparse matrix of a few entries says nothing of how many
 * cells it has, and scoring makes an array of all of them.
 */
const MAX_CELLS = 2 ** 28;

/** What the fields of a stage have to be to each other; each alone is known to be right. */
export function checkMeaning(stage: Stage, complain: Complain): void {
  switch (stage.kind) {
    case 'IDF':
      if (stage.docFreq !== null && stage.docFreq.length !== stage.idf.length) {
        throw complain('docFreq has another length than idf');
      }
      break;
    case 'LogisticRegression':
      checkRegression(stage, complain);
      break;
    case 'LinearSVC':
      if (stage.numClasses !== 2) throw complain(`it has ${stage.numClasses} classes, not 2`);
      if (sizeOf(stage.coefficients) !== stage.numFeatures) throw complain('coefficients do not fit numFeatures');
      break;
    case 'RandomForest':
      checkThresholds(stage, complain);
      if (stage.trees.statsPerNode !== stage.numClasses) throw complain('its nodes have no number for each class');
      checkTrees(stage.trees, stage.numFeatures, complain);
      break;
    case 'GBT':
      checkThresholds(stage, complain);
      if (stage.numClasses !== 2) throw complain(`it has ${stage.numClasses} classes, not 2`);
      checkTrees(stage.trees, stage.numFeatures, complain);
      break;
    case 'NaiveBayes':
      checkBayes(stage, complain);
      break;
    case 'OneVsRest':
      checkOneVsRest(stage, complain);
      break;
  }
}

function checkRegression(stage: LogisticRegressionStage, complain: Complain): void {
  const rows = stage.multinomial ? stage.numClasses : 1;
  if (!stage.multinomial && stage.numClasses !== 2) throw complain(`it has ${stage.numClasses} classes, not 2`);
  const { coefficients, intercepts } = stage;
  checkCells(rows, stage.numFeatures, complain);
  if (coefficients.rows !== rows || coefficients.columns !== stage.numFeatures) {
    throw complain(
      `coefficients are ${coefficients.rows} × ${coefficients.columns}, not ${rows} × ${stage.numFeatures}`,
    );
  }
  if (sizeOf(intercepts) !== rows) throw complain(`it has ${sizeOf(intercepts)} intercepts, not ${rows}`);
  checkThresholds(stage, complain);
}

function checkCells(rows: number, columns: number, complain: Complain): void {
  if (rows * columns > MAX_CELLS) {
    throw complain(`scoring it would need ${rows} × ${columns} numbers in memory, at most ${MAX_CELLS} are made`);
  }
}

function checkThresholds(
  stage: { readonly thresholds: Float64Array | null; readonly numClasses: number },
  complain: Complain,
): void {
  if (stage.thresholds !== null && stage.thresholds.length !== stage.numClasses) {
    throw complain(`it has ${stage.thresholds.length} thresholds for ${stage.numClasses} classes`);
  }
}

function checkBayes(stage: NaiveBayesStage, complain: Complain): void {
  checkThresholds(stage, complain);
  if (sizeOf(stage.pi) !== stage.numClasses) throw complain('pi does not fit numClasses');
  checkCells(stage.numClasses, stage.numFeatures, complain);
  const needed = stage.modelType === 'gaussian' ? [stage.theta, stage.sigma] : [stage.theta];
  for (const matrix of needed) {
    if (matrix?.rows !== stage.numClasses || matrix.columns !== stage.numFeatures) {
      throw complain('theta or sigma does not fit numClasses and numFeatures');
    }
  }
}

const BINARY: ReadonlySet<string> = new Set<BinaryClassifierStage['kind']>([
  'LogisticRegression',
  'LinearSVC',
  'RandomForest',
  'GBT',
  'NaiveBayes',
]);

function checkOneVsRest(stage: OneVsRestStage, complain: Complain): void {
  if (stage.models.length !== stage.numClasses) {
    throw complain(`it has ${stage.models.length} models for ${stage.numClasses} classes`);
  }
  const laidOut = stage.models.filter(({ kind }) => kind !== 'RandomForest' && kind !== 'GBT').length;
  checkCells(laidOut, stage.numFeatures, complain);
  for (const [index, model] of stage.models.entries()) {
    const within = (what: string) => complain(`model ${index}: ${what}`);
    if (!BINARY.has(model.kind)) throw within(`the kind ${JSON.stringify(model.kind)} cannot be part of OneVsRest`);
    checkFields({ ...model }, STAGE_FIELDS[model.kind], within);
    if (model.numClasses !== 2 || model.numFeatures !== stage.numFeatures) {
      throw within('it does not have two classes and as many features as the others');
    }
    checkMeaning(model, within);
  }
}

function checkTrees(trees: Trees, numFeatures: number, complain: Complain): void {
  const nodes = trees.feature.length;
  const count = trees.weights.length;
  if (count === 0) throw complain('it has no trees');
  if (!areSpans(trees.starts, count, nodes)) throw complain('its trees do not add up to its nodes');
  const lengths = [trees.threshold, trees.left, trees.right, trees.prediction, trees.impurity, trees.gain];
  if ([...lengths, trees.rawCount, trees.numCategories].some(array => array.length !== nodes)) {
    throw complain('its nodes lack some of their numbers');
  }
  if (trees.stats.length !== nodes * trees.statsPerNode) throw complain('its nodes lack some of their weights');
  if (!areSpans(trees.categoryStarts, nodes, trees.categories.length)) throw complain('its categories do not add up');
  for (let tree = 0; tree < count; tree++) {
    const start = trees.starts[tree] ?? 0;
    const size = (trees.starts[tree + 1] ?? 0) - start;
    if (size === 0) throw complain(`tree ${tree} is empty`);
    for (let node = 0; node < size; node++) {
      const problem = describeNode(trees, start, node, size, numFeatures);
      if (problem !== undefined) throw complain(`tree ${tree}, node ${node}: ${problem}`);
    }
  }
}

/** Children come after their parents, so that no walk goes in circles. */
function describeNode(
  trees: Trees,
  start: number,
  node: number,
  size: number,
  numFeatures: number,
): string | undefined {
  const left = trees.left[start + node] ?? -1;
  const right = trees.right[start + node] ?? -1;
  const feature = trees.feature[start + node] ?? -1;
  if (left === -1 && right === -1) return feature === -1 ? undefined : 'a leaf with a split';
  if (left <= node || right <= node || left >= size || right >= size) return 'its children are not in the tree';
  return feature >= 0 && feature < numFeatures ? undefined : `feature ${feature} of ${numFeatures}`;
}

function sizeOf(vector: Vector): number {
  return vector.type === 'dense' ? vector.values.length : vector.size;
}
