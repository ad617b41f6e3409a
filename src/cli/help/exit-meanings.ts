/** What a script may rely on. The error table gives each error one of these codes. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'unclassified failure',
  2: 'wrong usage',
  3: 'configuration invalid',
  4: 'no permission',
  5: 'not found',
  6: 'conflict, or locked',
  7: 'out of time, work may go on',
  8: 'remote unavailable, try again',
  9: 'data or model invalid',
  10: 'job failed',
  11: 'job cancelled',
  12: 'quality gate not met',
  13: 'inconclusive',
  130: 'interrupted (Ctrl-C)',
  143: 'terminated',
};
