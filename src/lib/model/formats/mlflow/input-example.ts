/** Made up: what a model was trained on must not leave the machine inside of it. */
const TEXTS = ['I love this, it works as it should', 'It broke after a day, and nobody answers'];

export const EXAMPLE_FILE = 'input_example.json';
export const SERVING_FILE = 'serving_input_example.json';

/** Two texts in the forms that MLflow 3 writes: for Python, and as the body of a request to `mlflow models serve`. */
export function formatInputExample(): Readonly<Record<string, string>> {
  const frame = { columns: ['text'], data: TEXTS.map(text => [text]) };
  return {
    [EXAMPLE_FILE]: JSON.stringify(frame),
    [SERVING_FILE]: JSON.stringify({ dataframe_split: frame }, null, 2),
  };
}
