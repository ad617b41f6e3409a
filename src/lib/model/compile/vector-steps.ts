import { SentopsError } from '../../core/errors.ts';
import { hashText } from '../../text/murmur3.ts';
import type { CountVectorizerStage, HashingTFStage, IDFStage, Stage, VectorAssemblerStage } from '../stages.ts';
import { SparseBuffer } from './sparse-buffer.ts';
import { compileTokens, findProducer, type TokenMaker } from './token-steps.ts';
import type { SparseView } from './types.ts';

/** A vector column as a function of the text. */
export interface VectorMaker {
  readonly columns: number;
  make(text: string): SparseView;
  /** Index of a token among the columns; −1 for one that the vector does not count. */
  readonly tokenIndexes: readonly TokenIndex[];
}
/** For explanations: the tokens of one branch and where each of them is counted. */
interface TokenIndex {
  readonly tokens: TokenMaker;
  indexOf(token: string): number;
}

/** Spark counts the columns of a vector with an Int. */
const MOST_COLUMNS = 2 ** 31 - 1;

export function compileVector(
  column: string,
  stages: readonly Stage[],
  tokens = new Map<string, TokenMaker>(),
  made = new Map<string, VectorMaker>(),
): VectorMaker {
  const known = made.get(column);
  if (known) return known;
  const maker = compileStage(findProducer(column, stages), stages, tokens, made);
  made.set(column, maker);
  return maker;
}

function compileStage(
  stage: Stage,
  stages: readonly Stage[],
  tokens: Map<string, TokenMaker>,
  made: Map<string, VectorMaker>,
): VectorMaker {
  switch (stage.kind) {
    case 'HashingTF':
      return compileHashingTF(stage, compileTokens(stage.inputCol, stages, tokens));
    case 'CountVectorizer':
      return compileCountVectorizer(stage, compileTokens(stage.inputCol, stages, tokens));
    case 'IDF':
      return compileIDF(stage, compileVector(stage.inputCol, stages, tokens, made));
    case 'VectorAssembler':
      return compileVectorAssembler(
        stage,
        stage.inputCols.map(input => compileVector(input, stages, tokens, made)),
      );
    default:
      throw new SentopsError('DATA_INVALID', `stage ${stage.uid} (${stage.kind}) does not make a vector`, {
        hint: 'vectors come from HashingTF, CountVectorizer, IDF or VectorAssembler',
      });
  }
}

/** Spark's HashingTF: index = murmur3(token) modulo the number of features, never negative; how often, or 1. */
function compileHashingTF({ numFeatures, binary, hash }: HashingTFStage, tokens: TokenMaker): VectorMaker {
  const buffer = new SparseBuffer();
  const indexOf = (token: string) => nonNegativeModulo(hashText(token, hash), numFeatures);
  return {
    columns: numFeatures,
    tokenIndexes: [{ tokens, indexOf }],
    make: text => {
      const found = tokens(text);
      buffer.reserve(found.length);
      buffer.count = found.length;
      for (let at = 0; at < found.length; at++) buffer.indices[at] = indexOf(found[at] as string);
      buffer.countIndices(binary);
      return buffer;
    },
  };
}

export function nonNegativeModulo(hash: number, size: number): number {
  const rest = hash % size;
  return rest < 0 ? rest + size : rest;
}

/** Spark's CountVectorizerModel: counts of at least minTF (a share of all tokens of the row where it is below 1). */
function compileCountVectorizer(stage: CountVectorizerStage, tokens: TokenMaker): VectorMaker {
  const { vocabulary, minTF, binary } = stage;
  const places = new Map(vocabulary.map((token, index) => [token, index]));
  const buffer = new SparseBuffer();
  return {
    columns: vocabulary.length,
    tokenIndexes: [{ tokens, indexOf: token => places.get(token) ?? -1 }],
    make: text => {
      const found = tokens(text);
      buffer.clear();
      for (const token of found) {
        const index = places.get(token);
        if (index !== undefined) buffer.push(index, 1);
      }
      buffer.countIndices(false);
      const least = minTF >= 1 ? minTF : found.length * minTF;
      let kept = 0;
      for (let at = 0; at < buffer.count; at++) {
        const count = buffer.values[at] as number;
        if (count < least) continue;
        buffer.indices[kept] = buffer.indices[at] as number;
        buffer.values[kept++] = binary ? 1 : count;
      }
      buffer.count = kept;
      return buffer;
    },
  };
}

/** value · idf, in place: what comes before is made anew for each row. */
function compileIDF({ idf, uid }: IDFStage, input: VectorMaker): VectorMaker {
  if (idf.length !== input.columns) {
    throw new SentopsError(
      'DATA_INVALID',
      `stage ${uid} (IDF) has ${idf.length} weights for ${input.columns} features`,
    );
  }
  return {
    ...input,
    make: text => {
      const view = input.make(text);
      for (let at = 0; at < view.count; at++) {
        view.values[at] = (view.values[at] as number) * (idf[view.indices[at] as number] as number);
      }
      return view;
    },
  };
}

/** One vector behind the other; zeros are left out, as Spark does. */
function compileVectorAssembler({ uid }: VectorAssemblerStage, inputs: readonly VectorMaker[]): VectorMaker {
  const offsets: number[] = [];
  let columns = 0;
  for (const input of inputs) {
    offsets.push(columns);
    columns += input.columns;
  }
  if (columns > MOST_COLUMNS) {
    throw new SentopsError(
      'DATA_INVALID',
      `stage ${uid} (VectorAssembler) has ${columns} columns, more than a vector can`,
    );
  }
  const buffer = new SparseBuffer();
  return {
    columns,
    tokenIndexes: inputs.flatMap((input, branch) =>
      input.tokenIndexes.map(({ tokens, indexOf }) => ({
        tokens,
        indexOf: (token: string) => {
          const index = indexOf(token);
          return index < 0 ? index : index + (offsets[branch] as number);
        },
      })),
    ),
    make: text => {
      buffer.clear();
      for (const [branch, input] of inputs.entries()) {
        const view = input.make(text);
        for (let at = 0; at < view.count; at++) {
          const value = view.values[at] as number;
          if (value !== 0) buffer.push((view.indices[at] as number) + (offsets[branch] as number), value);
        }
      }
      return buffer;
    },
  };
}
