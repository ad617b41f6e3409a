import { createHash } from 'node:crypto';
import type { HashingTFStage, IDFStage, StopWordsRemoverStage, TokenizerStage } from '../../model/stages.ts';
import { ENGLISH_STOP_WORDS } from '../../text/english-stop-words.ts';

export type CountStages = readonly [TokenizerStage, StopWordsRemoverStage, HashingTFStage];

/** The reference pipeline up to the term counts: Tokenizer → StopWordsRemover → HashingTF. */
export function countStages(numFeatures: number, seed: number): CountStages {
  return [
    { kind: 'Tokenizer', uid: stageId('Tokenizer', seed), inputCol: 'text', outputCol: 'words' },
    {
      kind: 'StopWordsRemover',
      uid: stageId('StopWordsRemover', seed),
      inputCol: 'words',
      outputCol: 'filtered',
      stopWords: ENGLISH_STOP_WORDS,
      caseSensitive: false,
      locale: 'en',
    },
    {
      kind: 'HashingTF',
      uid: stageId('HashingTF', seed),
      inputCol: 'filtered',
      outputCol: 'tf',
      numFeatures,
      binary: false,
      hash: 'spark3',
    },
  ];
}

export function idfStage(idf: Float64Array, docFreq: Float64Array, numDocs: number, seed: number): IDFStage {
  return {
    kind: 'IDF',
    uid: stageId('IDF', seed),
    inputCol: 'tf',
    outputCol: 'features',
    idf,
    docFreq,
    numDocs,
    extras: { minDocFreq: 0 },
  };
}

/** As Spark names stages, but the same for the same seed, so that the same training writes the same files. */
function stageId(kind: string, seed: number): string {
  return `${kind}_${createHash('sha256').update(`${kind} ${seed}`).digest('hex').slice(0, 12)}`;
}
