import { SentopsError } from '../../../core/errors.ts';
import { type Budget, budgetOfModel } from '../../../parquet/budget.ts';
import type { ModelFiles } from '../../types.ts';
import { fitsChecksum } from './fits-checksum.ts';
import { type Metadata, parseMetadata } from './metadata.ts';
import { SUPPORTED } from './supported.ts';
import { SparkTable } from './table.ts';

/** One folder of a saved pipeline: a stage, or the pipeline itself. */
export class StageFolder {
  readonly #files: ModelFiles;
  /** Of all folders of the pipeline together. */
  readonly #budget: Budget;
  /** Ends with a slash where it is not the model's own folder. */
  readonly path: string;
  /** As messages call it: `3_IDF_9b345b7db834`. */
  readonly name: string;

  constructor(files: ModelFiles, path = '', budget = budgetOf(files)) {
    this.#files = files;
    this.#budget = budget;
    this.path = path;
    this.name = path.split('/').at(-2) ?? '';
  }

  inner(name: string): StageFolder {
    return new StageFolder(this.#files, `${this.path}${name}/`, this.#budget);
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
    this.#refuseChanged(parts);
    return parseMetadata(first[1], what => this.complain(first[0], what));
  }

  /** All part files of `data` or another folder as one table. */
  async table(name: string): Promise<SparkTable> {
    this.#refuseLocal(name);
    const parts = this.#parts(name);
    if (parts.length === 0) throw this.complain(`${name}/`, 'has no part file');
    this.#refuseChanged(parts);
    return await SparkTable.read(parts, this.#budget, (file, what) => this.complain(file, what));
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

  /** A flipped bit in a number is a number still: only the checksums beside the files tell. */
  #refuseChanged(parts: readonly (readonly [string, Uint8Array])[]): void {
    for (const [file, bytes] of parts) {
      const sums = this.#files.get(`${this.path}${file.replace(/[^/]+$/u, '.$&.crc')}`);
      if (sums !== undefined && !fitsChecksum(bytes, sums)) {
        throw this.complain(file, 'does not fit its checksum (the .crc file beside it): it is damaged or was changed');
      }
    }
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

function budgetOf(files: ModelFiles): Budget {
  let bytes = 0;
  for (const file of files.values()) bytes += file.length;
  return budgetOfModel(bytes);
}
