import { Flags } from './framework.ts';

interface SearchExamples {
  readonly filter: string;
  readonly orderBy: string;
}

/**
 * Flags of lists that are searched where they are kept. `--filter` is MLflow's language here: spread into the flags of
 * a command it takes the place of the list filter over columns, which the command never sees as it holds one text.
 * `--limit` is the size of the search as well as of the list.
 */
export function searchFlags(examples: SearchExamples) {
  return {
    ...findFlags(examples),
    'page-token': Flags.string({
      summary: 'Go on where an earlier list ended (its nextPageToken).',
      helpValue: 'TOKEN',
      helpGroup: 'LIST',
    }),
  };
}

/** Those of a search that is not a list: it has no second page. */
export function findFlags({ filter, orderBy }: SearchExamples) {
  return {
    filter: Flags.string({
      summary: `MLflow filter, for instance "${filter}".`,
      helpValue: 'EXPR',
      helpGroup: 'LIST',
    }),
    'order-by': Flags.string({
      summary: `Order of the search, for instance "${orderBy}"; may be repeated.`,
      helpValue: 'KEY [DESC]',
      multiple: true,
      multipleNonGreedy: true,
      helpGroup: 'LIST',
    }),
    limit: Flags.integer({ summary: 'Find at most this many.', min: 1, default: 100, helpGroup: 'LIST' }),
  };
}

/** For things that are marked deleted before they are gone. */
export const viewFlags = {
  view: Flags.string({
    summary: 'Which ones to list.',
    options: ['active', 'deleted', 'all'],
    default: 'active',
    helpGroup: 'LIST',
  }),
};
