import type { LabelledRows, Trainer } from '../../learn/types.ts';
import { must, type Step } from './steps.ts';

const ROWS = 40;

/** Feature 0 is set for class 0, feature 1 for class 1. */
const SEPARABLE: LabelledRows = {
  features: {
    columns: 2,
    starts: Int32Array.from({ length: ROWS + 1 }, (_, row) => row),
    indices: Int32Array.from({ length: ROWS }, (_, row) => row % 2),
    values: new Float64Array(ROWS).fill(1),
  },
  labels: Int32Array.from({ length: ROWS }, (_, row) => row % 2),
  classes: 2,
};

export async function checkTrainer(trainer: Trainer, step: Step, signal: AbortSignal): Promise<void> {
  const learn = async () => {
    const classifier = await trainer.fit(SEPARABLE, { params: trainer.params, seed: 42, signal });
    must(typeof classifier.stage?.type === 'string', 'the fitted stage has no type');
    return classifier.predict(SEPARABLE.features);
  };
  let scores = new Float64Array();
  await step('learns two classes', async () => {
    scores = Float64Array.from(await learn());
    must(scores.length === ROWS * 2, `it gave ${scores.length} scores for ${ROWS} rows and 2 classes`);
    const right = SEPARABLE.labels.filter(
      (label, row) => Number((scores[row * 2 + 1] ?? 0) > (scores[row * 2] ?? 0)) === label,
    );
    must(right.length === ROWS, `it got ${right.length} of ${ROWS} rows right that one feature tells apart`);
  });
  await step('gives the same with the same seed', async () => {
    const again = await learn();
    must(
      scores.every((score, index) => Object.is(score, again[index])),
      'the scores of a second fit differ',
    );
  });
}
