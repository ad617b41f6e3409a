/** What the wizard knows about a template before it asks. */
export interface TemplateFacts {
  readonly title: string;
  readonly description: string;
  readonly source: string;
  readonly dataset: string;
  readonly file: string;
  readonly experiment: string | undefined;
  readonly modelName: string | undefined;
  readonly http: boolean;
  readonly port: number;
}

export const TEMPLATES = {
  sentiment140: {
    title: 'Sentiment140 tweets',
    description: '1.6 million tweets, a stream of predictions',
    source: 'kaggle',
    dataset: 'kazanova/sentiment140',
    file: 'training.1600000.processed.noemoticon.csv',
    experiment: 'sentiment-analysis-pipeline',
    modelName: 'twitter-sentiment-model',
    http: false,
    port: 8081,
  },
  imdb: {
    title: 'IMDB film reviews',
    description: '50,000 reviews, an HTTP service',
    source: 'kaggle',
    dataset: 'lakshmi25npathi/imdb-dataset-of-50k-movie-reviews',
    file: 'IMDB Dataset.csv',
    experiment: 'imdb-sentiment',
    modelName: 'imdb-sentiment-model',
    http: true,
    port: 8081,
  },
  kindle: {
    title: 'Kindle book reviews',
    description: '12,000 reviews with star ratings, an HTTP service with drift watch',
    source: 'kaggle',
    dataset: 'meetnagadia/amazon-kindle-book-review-for-sentiment-analysis',
    // With the space: that is its name at Kaggle.
    file: 'all_kindle_review .csv',
    experiment: 'kindle-sentiment',
    modelName: 'kindle-sentiment-model',
    http: true,
    port: 8000,
  },
  minimal: {
    title: 'Minimal',
    description: 'your own CSV; a small made-up one to begin with',
    source: 'local',
    dataset: 'data/reviews.csv',
    file: 'reviews.csv',
    experiment: undefined,
    modelName: undefined,
    http: false,
    port: 8081,
  },
} as const satisfies Record<string, TemplateFacts>;

type TemplateName = keyof typeof TEMPLATES;

export function templateFacts(name: unknown): TemplateFacts {
  return TEMPLATES[isTemplate(name) ? name : 'minimal'];
}

function isTemplate(name: unknown): name is TemplateName {
  return typeof name === 'string' && Object.hasOwn(TEMPLATES, name);
}
