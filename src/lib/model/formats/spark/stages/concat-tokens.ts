import { SentopsError } from '../../../../core/errors.ts';
import type { ConcatTokensStage } from '../../../stages.ts';
import { text } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';

const NAME = '(?:[A-Za-z_][A-Za-z0-9_]*|`(?:[^`]|``)+`)';
const STATEMENT = new RegExp(
  `^\\s*SELECT\\s+\\*\\s*,\\s*concat\\s*\\(\\s*(${NAME}(?:\\s*,\\s*${NAME})*)\\s*\\)\\s+AS\\s+(${NAME})\\s+FROM\\s+__THIS__\\s*;?\\s*$`,
  'iu',
);

/**
 * ```
 * metadata/part-00000   paramMap: statement
 * ```
 * An SQLTransformer can do anything; the one statement that is understood joins token columns.
 */
export const concatTokens: StageFormat<ConcatTokensStage> = {
  kind: 'ConcatTokens',
  className: 'org.apache.spark.ml.feature.SQLTransformer',
  params: { statement: text() },
  read({ metadata, params, complain }) {
    const statement = params.text('statement');
    const match = STATEMENT.exec(statement);
    const names = match?.[1]?.match(new RegExp(NAME, 'gu'));
    const output = match?.[2];
    if (!names || output === undefined) {
      throw complain(
        `has the statement ${JSON.stringify(statement.slice(0, 200))}; of SQLTransformer only ` +
          '"SELECT *, concat(a, b) AS c FROM __THIS__" can be read',
      );
    }
    return {
      kind: 'ConcatTokens',
      uid: metadata.uid,
      inputCols: names.map(unquote),
      outputCol: unquote(output),
      ...params.rest(),
    };
  },
  write(stage) {
    if (stage.inputCols.length === 0) {
      throw new SentopsError('DATA_INVALID', `stage ${stage.uid} joins no columns`);
    }
    const names = stage.inputCols.map(quote).join(', ');
    return { params: { statement: `SELECT *, concat(${names}) AS ${quote(stage.outputCol)} FROM __THIS__` } };
  },
};

function unquote(name: string): string {
  return name.startsWith('`') ? name.slice(1, -1).replaceAll('``', '`') : name;
}

/** Quoted only where needed: `all` and the like are words of SQL, but are allowed as names outside ANSI mode. */
function quote(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}
