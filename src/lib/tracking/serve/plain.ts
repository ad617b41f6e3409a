import { sendJson, sendText } from './answer.ts';
import type { Conversation } from './exchange.ts';

/** The newest MLflow whose client this API was tried with: what clients compare is this, not our own version. */
const MLFLOW_VERSION = '3.17.2';

export const sendWell: Conversation = async (_service, { response }) => sendText(response, 'OK');

export const sendVersion: Conversation = async (_service, { response }) => sendText(response, MLFLOW_VERSION);

/** What newer clients ask before they upload a large file. */
export const sendServerInfo: Conversation = async (_service, { response }) => {
  sendJson(response, {
    store_type: 'SqlStore',
    workspaces_enabled: false,
    trace_archival_enabled: false,
    multipart_uploads_enabled: false,
    multipart_downloads_enabled: false,
    presigned_upload_run_id_supported: false,
    presigned_upload_model_id_supported: false,
    features_enabled: { gateway: false },
  });
};

export const sendPage: Conversation = async ({ store }, { request, response }) => {
  const here = `http://${request.headers.host ?? '127.0.0.1:5000'}`;
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  sendText(response, pageText(`sqlite:///${store}`, here), 'text/html; charset=utf-8');
};

function pageText(store: string, here: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>sentops store</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:3em auto;padding:0 1em}pre{background:#8881;padding:.7em;overflow:auto}</style>
</head><body>
<h1>sentops store</h1>
<p>This server speaks the REST API of MLflow for runs, artifacts and registered models, from the store
<code>${escapeHtml(store)}</code>. It has no pages to look at runs with.</p>
<p>Log to it from Python:</p>
<pre>MLFLOW_TRACKING_URI=${escapeHtml(here)} python train.py</pre>
<p>Look into it:</p>
<pre>sentops experiment list
sentops run list --experiment NAME</pre>
<p>Open the pages of MLflow on the same store, with MLflow installed:</p>
<pre>mlflow server --backend-store-uri ${escapeHtml(store)} --port 5001</pre>
</body></html>
`;
}

function escapeHtml(text: string): string {
  const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, mark => marks[mark] ?? mark);
}
