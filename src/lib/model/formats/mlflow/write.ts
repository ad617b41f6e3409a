import fs from 'node:fs';
import path from 'node:path';
import { templatesDir } from '../../../project/templates-dir.ts';
import type { FittedModel, ModelFiles } from '../../types.ts';
import { FILE_NAME } from '../native/damaged-file.ts';
import { writeNative } from '../native/write.ts';
import { isSparkModel, writeSpark } from '../spark/write.ts';
import { formatInputExample } from './input-example.ts';
import { formatEnvironment, formatMLmodel, isPythonModel } from './mlmodel.ts';

const LOADER = 'code/sentops_pyfunc.py';

/**
 * An MLflow model folder:
 * ```
 * MLmodel                         which flavors there are, the signature
 * data/model.sentops              our own form, for us and for the loader
 * code/sentops_pyfunc.py          mlflow.pyfunc's loader: numpy only; left out where it does not know a stage
 * sparkml/…                       the PipelineModel, for mlflow.spark; left out where Spark has no such stage
 * requirements.txt, python_env.yaml, conda.yaml
 * input_example.json, serving_input_example.json
 * ```
 */
export async function writeMlflow(model: FittedModel): Promise<ModelFiles> {
  const native = writeNative(model);
  const files = new Map<string, Uint8Array>([[`data/${FILE_NAME}`, native]]);
  if (isPythonModel(model))
    files.set(LOADER, fs.readFileSync(path.join(templatesDir(), 'pyfunc', 'sentops_pyfunc.py')));
  const texts = { ...formatEnvironment(isPythonModel(model)), ...formatInputExample() };
  for (const [name, text] of Object.entries(texts)) files.set(name, Buffer.from(text));
  const hasSpark = isSparkModel(model);
  if (hasSpark) for (const [name, bytes] of await writeSpark(model)) files.set(`sparkml/${name}`, bytes);
  const bytes = [...files.values()].reduce((sum, each) => sum + each.length, 0);
  files.set('MLmodel', Buffer.from(formatMLmodel({ model, native, hasSpark, bytes })));
  return files;
}
