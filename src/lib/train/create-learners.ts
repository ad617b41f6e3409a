import { SentopsError } from '../core/errors.ts';
import type { TextLearner } from './learner.ts';
import { MODEL_KINDS } from './models.ts';
import type { TrainRequest } from './request.ts';
import type { SparkTask } from './spark/learner.ts';
import type { TrainSpec } from './spec.ts';

/** One learner for all models that share the reference features, and one for n-grams. */
export async function createLearners(spec: TrainSpec, request: TrainRequest): Promise<TextLearner[]> {
  const learners: TextLearner[] = [];
  const tasks: SparkTask[] = [];
  for (const name of spec.models.filter(model => model !== 'ngram')) tasks.push(await createTask(name, spec, request));
  if (tasks.length > 0) {
    const { createSparkLearner } = await import('./spark/learner.ts');
    const { numFeatures, seed, cvFolds, calibrate } = spec;
    learners.push(createSparkLearner({ tasks, numFeatures, seed, cvFolds, calibrate }));
  }
  if (spec.models.includes('ngram')) {
    const { createNgramLearner } = await import('./ngram/learner.ts');
    const { checkNgramOptions } = await import('./ngram/options.ts');
    const options = checkNgramOptions(spec.params['ngram'] ?? {});
    learners.push(createNgramLearner({ ...options, seed: spec.seed, temporaryDir: spec.output }));
  }
  return learners;
}

async function createTask(name: string, spec: TrainSpec, request: TrainRequest): Promise<SparkTask> {
  const isOwn = MODEL_KINDS.some(kind => kind.name === name);
  const params = spec.params[name] ?? {};
  const grid = spec.cvFolds === null ? null : (spec.grid[name] ?? {});
  if (isOwn) return { name, trainer: name, params, grid };
  const { openExtensions } = await import('../extend/open.ts');
  const registry = openExtensions(request);
  const extension = await registry.resolve('trainer', name).catch(error => Promise.reject(explainUnknown(name, error)));
  const trainer = await extension.create({}, request);
  return { name, trainer, params: { ...trainer.params, ...params }, grid };
}

/** Some of our models are no extensions, and short names are ours alone; what the registry knows of plugins stays. */
function explainUnknown(name: string, error: unknown): unknown {
  if (!(error instanceof SentopsError) || error.code !== 'EXTENSION_UNKNOWN') return error;
  const known = MODEL_KINDS.flatMap(kind => [kind.name, ...kind.aliases]);
  return new SentopsError('EXTENSION_UNKNOWN', `there is no model ${JSON.stringify(name)}`, {
    hint: [`use ${known.join(', ')}`, ...(error.hint ? [error.hint] : [])].join('; '),
    ...(error.details ? { details: error.details } : {}),
    cause: error,
  });
}
