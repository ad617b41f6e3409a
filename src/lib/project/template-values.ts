import { VERSION } from '../core/version.ts';
import { fileOf, hasOwnColumns, isCloud, splitLabels, usesKafka, usesSample } from './answer-facts.ts';
import { type TemplateValues, yamlScalar } from './render-template.ts';
import { type Answers, QUESTION_IDS, type QuestionId } from './types.ts';

/** Everything that a template may name: the answers, and what follows from them. */
export function templateValues(answers: Answers, schemaPath: string): TemplateValues {
  const { template, source, dataset, backend } = answers;
  const given = Object.fromEntries(QUESTION_IDS.map(id => [id, answers[id]])) as Record<QuestionId, string | undefined>;
  const sample = usesSample(answers);
  const columns = sample ? { textColumn: 'text', labelColumn: 'label' } : {};
  return {
    ...given,
    ...columns,
    file: answers.file ?? fileOf(String(template), String(source), String(dataset)),
    servingName: `${answers.name}-serving`,
    labelMap: labelMap(sample ? 'negative,positive' : answers.labels),
    dataDir: `data_raw/${template === 'minimal' ? answers.name : template}`,
    cvExperiment: `${answers.mlflowExperiment}-cv`,
    ...pythonLiterals(answers),
    modelFlavor: backend === 'local' ? 'native' : 'spark',
    cloud: isCloud(answers),
    dataproc: backend === 'dataproc',
    scripts: usesScripts(answers),
    kafka: usesKafka(answers),
    readsKafka: answers.sourceType === 'kafka',
    kaggle: source === 'kaggle',
    localData: source === 'local' && !isCloud(answers),
    sample,
    schemaPath,
    schemaCopy: schemaPath.startsWith('./.sentops/'),
    version: VERSION,
  };
}

/** The local backend has its own trainer and scorer; the larger templates bring the scripts for the day they move. */
export function usesScripts({ template, backend }: Answers): boolean {
  return template !== 'minimal' || backend !== 'local';
}

/** For the scripts, which compare in lower case; they know two classes, the first two labels. */
function pythonLiterals(answers: Answers): TemplateValues {
  const [negative = '', positive = ''] = splitLabels(answers.labels);
  const literal = (text: unknown): string => JSON.stringify(String(text).trim().toLowerCase());
  return {
    ownColumns: hasOwnColumns(answers),
    textLiteral: literal(answers.textColumn),
    labelLiteral: literal(answers.labelColumn),
    negativeLiteral: literal(negative),
    positiveLiteral: literal(positive),
  };
}

function labelMap(labels: Answers['labels']): string {
  return splitLabels(labels)
    .map((label, index) => `${yamlScalar(label)}: ${index}`)
    .join(', ');
}
