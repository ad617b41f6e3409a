/** MLflow's filter and order language as data. Each kind of thing that can be searched has its own fields and rules. */

export const LANGUAGES = ['runs', 'experiments', 'registeredModels', 'modelVersions', 'loggedModels'] as const;
export type LanguageName = (typeof LANGUAGES)[number];

const FIELD_KINDS = ['attribute', 'metric', 'param', 'tag', 'dataset'] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

export type Comparator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

/** What is compared or ordered by. The key of an attribute is its present name, whatever alias was written. */
export interface Field {
  readonly kind: FieldKind;
  readonly key: string;
}

/** One comparison; all of those of a filter have to hold. Exactly as many values as the comparator takes. */
export type Clause = Field &
  (
    | {
        readonly comparator: Exclude<Comparator, 'IN' | 'NOT IN' | 'IS NULL' | 'IS NOT NULL'>;
        readonly value: ClauseValue;
      }
    | { readonly comparator: 'IN' | 'NOT IN'; readonly values: readonly ClauseValue[] }
    | { readonly comparator: 'IS NULL' | 'IS NOT NULL' }
  );

/** Bigint where a double would not hold the number. */
export type ClauseValue = string | number | bigint;

export interface OrderTerm extends Field {
  readonly ascending: boolean;
}
