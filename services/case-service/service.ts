import type { Route } from '@tocsin/http/route.ts';
import type { CaseDeps } from './case-deps.ts';
import { addCommentRoute } from './routes/add-comment.ts';
import { caseLinkRoutes } from './routes/case-links.ts';
import { changeCaseRoutes } from './routes/change-case.ts';
import { createCaseRoute } from './routes/create-case.ts';
import { editCommentRoute } from './routes/edit-comment.ts';
import { getCaseRoute } from './routes/get-case.ts';
import { getCaseTimelineRoute } from './routes/get-case-timeline.ts';
import { linkAlertsRoute } from './routes/link-alerts.ts';
import { listAlertCasesRoute } from './routes/list-alert-cases.ts';
import { listCaseAlertsRoute } from './routes/list-case-alerts.ts';
import { listCasesRoute } from './routes/list-cases.ts';
import { listCommentVersionsRoute } from './routes/list-comment-versions.ts';
import { listCommentsRoute } from './routes/list-comments.ts';
import { unlinkAlertRoute } from './routes/unlink-alert.ts';

/** Keeps the investigations of people. */
export function createCaseService(deps: CaseDeps): { name: string; routes: readonly Route[] } {
  return {
    name: 'case-service',
    routes: [
      createCaseRoute(deps),
      listCasesRoute(deps),
      getCaseRoute(deps),
      ...changeCaseRoutes(deps),
      linkAlertsRoute(deps),
      unlinkAlertRoute(deps),
      listCaseAlertsRoute(deps),
      addCommentRoute(deps),
      editCommentRoute(deps),
      listCommentVersionsRoute(deps),
      listCommentsRoute(deps),
      ...caseLinkRoutes(deps),
      getCaseTimelineRoute(deps),
      listAlertCasesRoute(deps),
    ],
  };
}
