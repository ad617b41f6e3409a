import { optionalArg } from '../cli/args.ts';
import { type Context, SentopsCommand } from '../cli/base-command.ts';
import type { Outputs } from '../cli/ci/outputs.ts';
import { Flags } from '../cli/framework.ts';
import type { View } from '../cli/output/view.ts';
import { readStdin } from '../cli/read-stdin.ts';
import type { InitResult } from '../lib/project/types.ts';

export type Result = InitResult;

const text = (helpGroup: string, helpValue: string, summary: string) => Flags.string({ summary, helpValue, helpGroup });
const choice = (helpGroup: string, options: string[], summary: string) => Flags.string({ summary, options, helpGroup });

export default class Init extends SentopsCommand<Result> {
  static override summary = 'Set up a project: asks a few questions and writes sentops.yaml and what belongs to it.';
  static override description = `Each question has a flag and an --answers entry (mlflowUri for --mlflow-uri).
A flag wins over the file; what neither answers is asked, or takes its default with --no-input.
A folder that holds only a repository, a README or a license counts as empty. In any other one --force is needed, and a file that would be lost is named and asked for.`;
  static override examples = [
    '<%= config.bin %> init',
    '<%= config.bin %> init reviews --template imdb --no-input',
    '<%= config.bin %> init tweets --template sentiment140 --backend dataproc --gcp-project my-project --mlflow-uri http://10.0.0.5:5000 --no-input',
    '<%= config.bin %> init reviews --answers answers.yaml --dry-run --json',
  ];
  static override args = {
    dir: optionalArg({ description: 'Folder of the project, made where it is missing; the current one where absent.' }),
  };
  static override flags = {
    answers: Flags.string({ summary: 'YAML file with answers; - for standard input.', helpValue: 'FILE' }),
    force: Flags.boolean({ summary: 'Write into a folder that is not empty.' }),
    name: text('PROJECT', 'NAME', 'Name of the project.'),
    template: choice('DATA', ['sentiment140', 'imdb', 'kindle', 'minimal'], 'Project to begin with.'),
    source: choice('DATA', ['kaggle', 'hf', 'http', 'gcs', 'local'], 'Where the data comes from.'),
    dataset: text('DATA', 'NAME', 'Dataset at its source: owner/name, an address or a path.'),
    file: text('DATA', 'NAME', 'The file of the dataset with the rows.'),
    'text-column': text('DATA', 'NAME', 'Column of the text, for your own CSV.'),
    'label-column': text('DATA', 'NAME', 'Column of the label, for your own CSV.'),
    labels: text('DATA', 'A,B', 'Labels of your own CSV, negative first.'),
    'gcp-project': text('BACKEND', 'ID', 'Google Cloud project.'),
    region: text('BACKEND', 'NAME', 'Google Cloud region.'),
    zone: text('BACKEND', 'NAME', 'Google Cloud zone.'),
    bucket: text('BACKEND', 'PREFIX', 'Prefix of the bucket names.'),
    cluster: text('BACKEND', 'NAME', 'Dataproc cluster.'),
    'mlflow-uri': text('MLFLOW', 'URL', 'MLflow server; empty for the embedded store.'),
    'mlflow-experiment': text('MLFLOW', 'NAME', 'Experiment for new runs.'),
    'registered-model-name': text('MLFLOW', 'NAME', 'Name prefix of the models in the registry.'),
    'source-type': choice('SERVING', ['file', 'kafka', 'stdin'], 'Where texts to score come from.'),
    http: Flags.boolean({ summary: 'Serve predictions over HTTP.', allowNo: true, helpGroup: 'SERVING' }),
    port: Flags.integer({ summary: 'Port of the HTTP server.', helpValue: 'PORT', helpGroup: 'SERVING' }),
    'write-kafka': Flags.boolean({ summary: 'Write predictions to Kafka.', allowNo: true, helpGroup: 'KAFKA' }),
    'kafka-bootstrap': text('KAFKA', 'HOST:PORT', 'Kafka brokers.'),
    'kafka-topic': text('KAFKA', 'NAME', 'Topic to read.'),
    'kafka-output-topic': text('KAFKA', 'NAME', 'Topic to write.'),
    ci: choice('CI', ['github', 'gitlab', 'none'], 'Workflow file to write.'),
  };

  protected async work({ flags, args, request, ask, signal, report }: Context<typeof Init>): Promise<Result> {
    const { initProject } = await import('../lib/project/init-project.ts');
    return initProject({
      dir: args.dir ?? '.',
      project: request,
      flags,
      ...(flags.answers === undefined ? {} : { answersFile: flags.answers }),
      readStdin,
      noInput: flags['no-input'] === true,
      force: flags.force === true,
      yes: flags.yes === true,
      dryRun: flags['dry-run'] === true,
      ask,
      signal,
      report,
    });
  }

  protected render({ dir, dryRun, files, doctor, command, next }: Result, view: View): void {
    view.heading(dryRun ? `Would write into ${dir}` : `Project in ${dir}`);
    view.table(files, [
      { title: 'action', value: file => file.action },
      { title: 'file', value: file => file.path },
    ]);
    for (const check of doctor?.checks ?? []) {
      if (check.status === 'fail' || check.status === 'warn')
        view.line(`${view.style.warn(check.status)} ${check.id}: ${check.detail}`);
    }
    if (doctor?.ok) view.line(view.style.ok('doctor: no check failed'));
    view.line();
    view.line(view.style.dim('The same without questions:'));
    view.line(command);
    view.next(next);
  }

  protected override ids({ dir }: Result): readonly string[] {
    return [dir];
  }

  protected override outputs({ dir }: Result): Outputs {
    return { 'project-file': `${dir}/sentops.yaml` };
  }
}
