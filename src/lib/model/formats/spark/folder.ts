import { SentopsError } from '../../../core/errors.ts';
import type { ModelFiles } from '../../types.ts';
import { type Metadata, parseMetadata } from './metadata.ts';
import { SUPPORTED } from './supported.ts';
import { SparkTable } from './table.ts';

/** One folder of a saved pipeline: a stage, or the pipeline itself. */
export class StageFolder {
  readonly #files: ModelFiles;
  /** Ends with a slash where it is not the model's own folder. */
  readonly path: string;
  /** As messages call it: `3_IDF_9b345b7db834`. */
  readonly name: string;

  constructor(files: ModelFiles, path = '') {
    this.#files = files;
    this.path = path;
    this.name = path.split('/').at(-2) ?? '';
  }

  inner(name: string): StageFolder {
    return new StageFolder(this.#files, `${this.path}${name}/`);
  }

  /** Names of the folders right below `name`. */
  folders(name: string): string[] {
    const prefix = `${this.path}${name}/`;
    const names = new Set<string>();
    for (const file of this.#files.keys()) {
      if (!file.startsWith(prefix)) continue;
      const end = file.indexOf('/', prefix.length);
      if (end !== -1) names.add(file.slice(prefix.length, end));
    }
    return [...names].toSorted();
  }

  has(name: string): boolean {
    return this.#parts(name).length > 0;
  }

  metadata(): Metadata {
    this.#refuseLocal('metadata');
    const parts = this.#parts('metadata').filter(([, bytes]) => bytes.length > 0);
    const [first] = parts;
    if (first === undefined) throw this.complain('metadata/', 'has no part file');
    if (parts.length > 1) throw this.complain('metadata/', `has ${parts.length} part files instead of one`);
    return parseMetadata(first[1], what => this.complain(first[0], what));
  }

  /** All part files of `data` or another folder as one table. */
  async table(name: string): Promise<SparkTable> {
    this.#refuseLocal(name);
    const parts = this.#parts(name);
    if (parts.length === 0) throw this.complain(`${name}/`, 'has no part file');
    return await SparkTable.read(parts, (file, what) => this.complain(file, what));
  }

  complain(file: string, what: string): SentopsError {
    const stage = this.name === '' ? 'the pipeline' : `stage ${this.name}`;
    return new SentopsError('DATA_INVALID', `${stage}: ${file} ${what}`, {
      hint: `copy the model again from where it was saved; readable are PipelineModels with ${SUPPORTED}`,
      details: { stage: this.name, file: `${this.path}${file}` },
    });
  }

  /** Spark Connect's cache writes its own binary files where a saved model has folders. */
  #refuseLocal(name: string): void {
    if (!this.#files.has(`${this.path}${name}`)) return;
    throw new SentopsError(
      'DATA_INVALID',
      `${this.path}${name} is a file of Spark Connect's model cache, not a saved model`,
      {
        hint: 'save the model with model.write().save(path)',
      },
    );
  }

  /** Files that Spark would read: those that do not begin with `_` or a dot. By name. */
  #parts(name: string): [string, Uint8Array][] {
    const prefix = `${this.path}${name}/`;
    const parts: [string, Uint8Array][] = [];
    for (const [file, bytes] of this.#files) {
      if (!file.startsWith(prefix)) continue;
      const rest = file.slice(prefix.length);
      if (!/^[._]/u.test(rest) && !rest.includes('/')) parts.push([`${name}/${rest}`, bytes]);
    }
    return parts.toSorted(([one], [other]) => (one < other ? -1 : 1));
  }
}
