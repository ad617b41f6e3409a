import { type Context, SentopsCommand } from './base-command.ts';
import { globalFlags, listFlags } from './flags.ts';
import type { Query } from './output/list/query.ts';
import { type ListColumns, type ListResult, propertyOf, readyColumns } from './output/records.ts';
import type { OutputSettings } from './output/settings.ts';
import type { View } from './output/view.ts';

export type { ListColumns, ListResult } from './output/records.ts';

/** Declares the columns of a list command with the type of its rows. */
export function listColumns<Row>(columns: ListColumns<Row>): ListColumns<Row> {
  return columns;
}

/**
 * A command whose result is a list. It declares `static columns` and returns `{items, nextPageToken}` from `work`;
 * --columns, --sort, --filter, --limit and every --format follow from that.
 */
export abstract class ListCommand<
  Row extends object,
  Result extends ListResult<Row> = ListResult<Row>,
> extends SentopsCommand<Result> {
  static override baseFlags = { ...globalFlags, ...listFlags };
  /** In the order of the table. */
  static columns: ListColumns = {};
  /** What is said when there is no row. */
  static empty = 'Nothing to list.';

  protected query: Query | undefined;
  private found = 0;

  protected abstract override work(context: Context): Promise<Result>;

  /** The columns that can be named; for lists whose rows decide about more of them. */
  protected knownColumns(_settings: OutputSettings): ListColumns {
    return (this.ctor as typeof ListCommand).columns;
  }

  override async run(): Promise<Result> {
    this.argv = protectDescending(this.argv);
    return super.run();
  }

  /** A wrong column is told before anything is asked of a remote service. */
  protected override async prepare(settings: OutputSettings): Promise<void> {
    const { compileQuery } = await import('./output/list/query.ts');
    this.query = compileQuery(settings.list, readyColumns(this.knownColumns(settings)));
  }

  protected override narrow(result: Result): Result {
    this.found = result.items.length;
    return {
      ...result,
      items: this.query?.apply(result.items) ?? result.items,
      nextPageToken: result.nextPageToken ?? null,
    };
  }

  protected override envelope(result: Result): object {
    if (!this.query?.projected) return result;
    const columns = this.query.columns;
    const items = result.items.map(row => Object.fromEntries(columns.map(({ key, value }) => [key, value(row)])));
    return { ...result, items };
  }

  protected override columns() {
    return this.query?.columns;
  }

  protected override ids(result: Result): readonly string[] {
    const columns = readyColumns((this.ctor as typeof ListCommand).columns);
    const id = columns.find(column => column.id) ?? columns[0];
    const read = id?.value ?? ((row: unknown) => propertyOf(row, 'id'));
    return result.items.map(row => String(read(row) ?? ''));
  }

  protected render({ items, nextPageToken }: Result, view: View): void | Promise<void> {
    if (items.length === 0) {
      view.aside(this.found === 0 ? (this.ctor as typeof ListCommand).empty : `None of ${this.found} rows matches.`);
      return;
    }
    const columns = this.query?.columns ?? [];
    view.table<unknown>(
      items,
      columns.map(({ title, show, align }) => ({ title, value: show, ...(align ? { align } : {}) })),
    );
    const limited = this.found > items.length && this.settings?.list.limit === items.length;
    if (limited) view.aside(`Showing ${items.length} of ${this.found} rows (--limit).`);
    if (nextPageToken) view.aside(this.tellMore(nextPageToken));
  }

  protected tellMore(pageToken: string): string {
    const pages = 'page-token' in (this.ctor.flags ?? {});
    return pages ? `There are more: raise --limit, or go on with --page-token ${pageToken}` : 'There are more rows.';
  }
}

/** The parser takes `--sort -name` for the flag -n, also when written with =; our other spelling of it is `name:desc`. */
function protectDescending(argv: readonly string[]): string[] {
  const end = argv.indexOf('--') === -1 ? argv.length : argv.indexOf('--');
  const rewrite = (value: string) =>
    value
      .split(',')
      .map(part => (part.startsWith('-') ? `${part.slice(1)}:desc` : part))
      .join(',');
  return argv.map((arg, index) => {
    if (index >= end) return arg;
    if (arg.startsWith('--sort=')) return `--sort=${rewrite(arg.slice('--sort='.length))}`;
    return argv[index - 1] === '--sort' && /^-[^-]/.test(arg) ? rewrite(arg) : arg;
  });
}
