/** Printed from docs/reference/openapi.json by `npm run openapi`; do not edit. */
export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public keys of the local issuer (RFC 7517) */
        get: operations["getJwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says that the process answers */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Measurements for Prometheus */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description of the API */
        get: operations["getOpenapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queue/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits in the queues */
        get: operations["getQueueHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says whether each engine works */
        get: operations["getReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists and searches alerts, newest event first */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Gives one alert */
        get: operations["getAlert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes status, assignee or suppression of an alert (If-Match) */
        patch: operations["changeAlert"];
        trace?: never;
    };
    "/v1/alerts/{id}/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the cases of an alert */
        get: operations["listAlertCases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow alerts as they are made and changed (server-sent events) */
        get: operations["streamAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the API keys, without what opens them */
        get: operations["listApiKeys"];
        put?: never;
        /** Makes an API key and tells it, once */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows an API key, without what opens it */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /** Revokes an API key, for good */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{key_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives an API key a new secret and tells it, once */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who changed what, newest first */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export the sealed audit log with its signed head */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists and searches cases, newest first */
        get: operations["listCases"];
        put?: never;
        /** Opens a case (Idempotency-Key) */
        post: operations["createCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Gives one case */
        get: operations["getCase"];
        /** Changes members of a case (If-Match) */
        put: operations["putCase"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes members of a case (If-Match) */
        patch: operations["changeCase"];
        trace?: never;
    };
    "/v1/cases/{id}/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the alerts of a case */
        get: operations["listCaseAlerts"];
        put?: never;
        /** Links alerts to a case */
        post: operations["linkCaseAlerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/alerts/{alert_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes an alert off a case */
        delete: operations["unlinkCaseAlert"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the comments of a case, oldest first */
        get: operations["listCaseComments"];
        put?: never;
        /** Adds a comment to a case */
        post: operations["addCaseComment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/comments/{comment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Edits a comment of your own (If-Match); earlier texts are kept */
        patch: operations["editCaseComment"];
        trace?: never;
    };
    "/v1/cases/{id}/comments/{comment_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists every text that a comment had, oldest first */
        get: operations["listCaseCommentVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the links of a case, and those of other cases that lead to it */
        get: operations["listCaseLinks"];
        put?: never;
        /** Links a case to another case, or to a page elsewhere */
        post: operations["addCaseLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/links/{link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a link of a case */
        delete: operations["removeCaseLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what happened to a case, oldest first */
        get: operations["getCaseTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an event */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export what a query finds */
        get: operations["exportEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/histogram": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count events over time */
        get: operations["countEventsOverTime"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find events */
        get: operations["searchEvents"];
        put?: never;
        /** Find events, the query in the body: for queries too long for a URL */
        post: operations["searchEventsByBody"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow events as they come in (server-sent events) */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists incidents, newest alert first */
        get: operations["listIncidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Gives one incident with its alerts, timeline and cases */
        get: operations["getIncident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes status or assignee of an incident (If-Match) */
        patch: operations["changeIncident"];
        trace?: never;
    };
    "/v1/incidents/{id}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Merges other incidents into this one (If-Match) */
        post: operations["mergeIncidents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}/unmerge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes an incident out of the one it was merged into (If-Match) */
        post: operations["unmergeIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ingest/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept canonical events: one object, an array, or one a line */
        post: operations["ingestEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ingest/raw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept raw log lines, one event a line */
        post: operations["ingestRaw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ingest/receipts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell what became of the items of an accepted request */
        get: operations["getReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Begins a login: sends the browser to the identity provider */
        get: operations["login"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/login/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ends a login: the browser comes back from the identity provider */
        get: operations["finishLogin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session of this browser */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/logout/backchannel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends what the identity provider ended: it asks for this itself */
        post: operations["logoutByProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what the tenant was told, newest first */
        get: operations["listNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the webhook */
        get: operations["getWebhook"];
        /** Set the webhook, or make another secret for it */
        put: operations["putWebhook"];
        post?: never;
        /** Remove the webhook */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who changed tenants, newest first */
        get: operations["listPlatformAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export the sealed log of changes of tenants */
        get: operations["exportPlatformAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/deferred-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the Sigma rules of the installation that are tried off the hot path */
        get: operations["listDeferredRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/deferred-rules/{rule_id}/put-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a Sigma rule of the installation on the hot path again */
        post: operations["putRuleBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists everybody who is logged in with a browser */
        get: operations["listPlatformSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/platform/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a session of anybody */
        delete: operations["endPlatformSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits in the queues */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues/{topic}/{group}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what of a queue could not be handled */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues/{topic}/{group}/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Throws a parked item away, for good */
        delete: operations["discardDeadLetter"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queues/{topic}/{group}/dead-letters/{id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a parked item again */
        post: operations["redriveDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List detection rules */
        get: operations["listRules"];
        put?: never;
        /** Keep a detection rule of your own, as a draft */
        post: operations["createRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules/{rule_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a detection rule */
        get: operations["getRule"];
        /** Keep a new version of a rule of your own */
        put: operations["putRule"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Switch a rule on or off, override its values, make a version active or retire it */
        patch: operations["changeRule"];
        trace?: never;
    };
    "/v1/rules/{rule_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a rule of your own */
        get: operations["listRuleVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a rule on stored events */
        post: operations["dryRunRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a rule without keeping it */
        post: operations["validateRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says who this browser is logged in as */
        get: operations["getSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions of the person whom this browser is logged in as */
        get: operations["listOwnSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/all/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a session of the person whom this browser is logged in as */
        delete: operations["endOwnSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives the session of this browser another id; the one before serves 10 s more */
        post: operations["renewSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists who is logged in to the tenant with a browser */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /** Ends all sessions of a person in the tenant */
        delete: operations["endSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a session of somebody in the tenant */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sigma-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a Sigma rule of your own, as a draft */
        post: operations["createSigmaRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sigma-rules/{rule_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep a new version of a Sigma rule of your own */
        put: operations["putSigmaRule"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tenants */
        get: operations["listTenants"];
        put?: never;
        /** Create a tenant */
        post: operations["createTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a tenant */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        /** Delete a suspended tenant and all of its data */
        delete: operations["deleteTenant"];
        options?: never;
        head?: never;
        /** Change, suspend or resume a tenant */
        patch: operations["changeTenant"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Alert */
        Alert: {
            actor?: {
                id?: string;
                name?: string;
                type?: string;
            };
            alert_id: string;
            assignee: string | null;
            category: string;
            created_at: string;
            created_by: string;
            description: string;
            event_count: number;
            first_event_at: string;
            group: {
                [key: string]: string;
            };
            hosts: string[];
            incident_id: string | null;
            last_event_at: string;
            modified_by: string;
            related_events: string[];
            revision: number;
            rule_id: string;
            rule_name: string;
            rule_version: number;
            severity: number;
            severity_label: string;
            src_ips: string[];
            /** @enum {unknown} */
            status: "new" | "acknowledged" | "investigating" | "resolved" | "false_positive";
            storm: boolean;
            suppress_reason: string | null;
            suppressed: boolean;
            suppressed_until: string | null;
            tags: string[];
            target?: {
                id?: string;
                name?: string;
                type?: string;
            };
            tenant_id: string;
            timestamp: string;
            title: string;
            total: number;
            updated_at: string;
            version: number;
        };
        /** Alerts to link: alert_id or alert_ids */
        AlertsToLinkAlertIdOrAlertIds: {
            /** @description A UUID */
            alert_id?: string;
            alert_ids?: string[];
        };
        /** API key */
        APIKey: {
            /** Format: date-time */
            created_at: string;
            created_by: string;
            environment: string;
            expires_at: string | null;
            key_id: string;
            /** @description To ten minutes */
            last_used_at: string | null;
            name: string;
            networks: string[] | null;
            revoked_at: string | null;
            revoked_by: string | null;
            rotated_at: string | null;
            scopes: ("events:write" | "events:read" | "alerts:read" | "alerts:write" | "incidents:read" | "incidents:write" | "cases:read" | "cases:write" | "rules:read" | "rules:write" | "queues:read" | "queues:write" | "notifications:read" | "notifications:write" | "audit:read")[];
            source: string | null;
            status: "active" | "expired" | "revoked";
        };
        /** API key to make */
        APIKeyToMake: {
            /**
             * @description A word that becomes a part of the key, to tell keys apart
             * @default live
             */
            environment?: string;
            /**
             * Format: date-time
             * @description When it ends; never when left out
             */
            expires_at?: string;
            name: string;
            /** @description The only networks it is taken from, for example 192.0.2.0/24; anywhere when left out */
            networks?: string[];
            /** @description What the key may do; nothing you may not do yourself */
            scopes: ("events:write" | "events:read" | "alerts:read" | "alerts:write" | "incidents:read" | "incidents:write" | "cases:read" | "cases:write" | "rules:read" | "rules:write" | "queues:read" | "queues:write" | "notifications:read" | "notifications:write" | "audit:read")[];
            /** @description The only source it may send events as, for example linux_auth */
            source?: string;
        };
        /** API key with its secret */
        APIKeyWithItsSecret: {
            /** @description The key itself. It is told this once and kept nowhere. */
            api_key: string;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            environment: string;
            expires_at: string | null;
            key_id: string;
            /** @description To ten minutes */
            last_used_at: string | null;
            name: string;
            networks: string[] | null;
            revoked_at: string | null;
            revoked_by: string | null;
            rotated_at: string | null;
            scopes: ("events:write" | "events:read" | "alerts:read" | "alerts:write" | "incidents:read" | "incidents:write" | "cases:read" | "cases:write" | "rules:read" | "rules:write" | "queues:read" | "queues:write" | "notifications:read" | "notifications:write" | "audit:read")[];
            source: string | null;
            status: "active" | "expired" | "revoked";
        };
        /** Audit entry */
        AuditEntry: {
            action: string;
            actor: string;
            after: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            at: string;
            audit_id: string;
            before: {
                [key: string]: unknown;
            } | null;
            hash: string | null;
            object_id: string;
            object_type: string;
            request_id: string;
            seq: number | null;
            tenant_id: string;
        };
        /** Case */
        Case: {
            assigned_to: string | null;
            created_at: string;
            created_by: string;
            description: string;
            id: string;
            incident_id: string | null;
            metadata: {
                [key: string]: unknown;
            };
            modified_by: string;
            resolved_at: string | null;
            severity: number;
            severity_label: string;
            /** @enum {unknown} */
            status: "open" | "investigating" | "contained" | "resolved" | "closed" | "false_positive";
            tenant_id: string;
            title: string;
            updated_at: string;
            version: number;
        };
        /** Case to open */
        CaseToOpen: {
            /** @description Alerts to link */
            alert_ids?: string[];
            assigned_to?: string | null;
            description?: string;
            /** @description A UUID */
            incident_id?: string;
            metadata?: {
                [key: string]: unknown;
            };
            severity?: number;
            title: string;
        };
        /** Change of a case */
        ChangeOfACase: {
            assigned_to?: string | null;
            description?: string;
            metadata?: {
                [key: string]: unknown;
            };
            severity?: number;
            /** @enum {unknown} */
            status?: "open" | "investigating" | "contained" | "resolved" | "closed" | "false_positive";
            title?: string;
        };
        /** Change of a rule */
        ChangeOfARule: {
            enabled?: boolean;
            /** @description Events that a Sigma rule leaves out, all of them; an empty list takes them back */
            exceptions?: components["schemas"]["ExceptionOfASigmaRule"][];
            /** @description Instead of the rule’s own; null takes it back */
            severity?: number | null;
            /**
             * @description Of a rule of your own. A retired one stays retired
             * @enum {unknown}
             */
            status?: "active" | "draft" | "retired";
            /** @description Instead of the parameter of a rule that counts; null takes it back */
            threshold?: number | null;
            /** @description The version that runs; with status active */
            version?: number;
        };
        /** Change of a tenant quota */
        ChangeOfATenantQuota: {
            /** @description API keys that are not revoked */
            api_keys?: number;
            /** @description Requests to the API, ingest excluded */
            api_requests_per_second?: number;
            /** @description Bytes of ingest bodies as they arrive */
            ingest_bytes_per_second?: number;
            /** @description Bytes of ingest bodies after decompression */
            ingest_decompressed_bytes_per_second?: number;
            /** @description Events accepted */
            ingest_events_per_second?: number;
            /** @description Requests that carry events */
            ingest_requests_per_second?: number;
            /** @description Bytes of raw lines kept in the archive, compressed */
            stored_bytes?: number;
            /** @description People who logged in within 30 days */
            users?: number;
        };
        /** Comment */
        Comment: {
            body: string;
            case_id: string;
            created_at: string;
            created_by: string;
            edited_at: string | null;
            edited_by: string | null;
            id: string;
            /** @description Grows with each edit: it is the ETag */
            version: number;
        };
        /** Dead letter */
        DeadLetter: {
            attempts: number;
            /** @description The item as it came, cut after 4096 bytes */
            body: string;
            bytes: number;
            content_type: string;
            frame_id: string;
            group: string;
            id: string;
            /** @description Which item of the frame it was, from 0 */
            ordinal: number;
            parked_at: string;
            reason: string;
            received_at: string;
            topic: string;
            truncated: boolean;
        };
        /** Dry run */
        DryRun: {
            /** @default 5000 */
            events_max?: number;
            /**
             * Format: date-time
             * @description A day ago when absent
             */
            from?: string;
            /** Rule to keep */
            rule?: {
                category: string;
                /** @description See docs/guides/add-a-rule.md. Only a rule of kind sequence may be without */
                condition?: unknown;
                description: string;
                false_positives?: string[];
                group_by?: string[];
                id: string;
                kind: string;
                logsources?: {
                    category?: string;
                    product?: string;
                    service?: string;
                }[];
                name: string;
                parameters: {
                    [key: string]: unknown;
                };
                severity: number;
                tags: string[];
                title: string;
            };
            rule_id?: string;
            /** @default 5 */
            sample?: number;
            /**
             * Format: date-time
             * @description Now when absent
             */
            to?: string;
        };
        /** End of a session */
        EndOfASession: {
            provider_logout_url: string | null;
        };
        /** Event as posted */
        EventAsPosted: {
            action?: string;
            actor?: {
                email?: string;
                id?: string;
                name?: string;
                /** @enum {unknown} */
                type?: "user" | "service" | "device" | "unknown";
            };
            attributes?: {
                [key: string]: unknown;
            };
            /** @enum {unknown} */
            category: "auth" | "endpoint" | "network" | "cloud" | "k8s" | "storage" | "ops";
            /** Format: uuid */
            event_id?: string;
            /** @enum {unknown} */
            outcome?: "success" | "failure" | "unknown";
            raw_ref?: unknown;
            severity?: number;
            source?: {
                host?: string;
                integration?: string;
                system: string;
            };
            tags?: string[];
            target?: {
                id?: string;
                name?: string;
                /** @enum {unknown} */
                type?: "asset" | "workload" | "service" | "data" | "unknown";
            };
            tenant_id?: string;
            /** Format: date-time */
            timestamp?: string;
        };
        /** Exception of a Sigma rule */
        ExceptionOfASigmaRule: {
            /** @description Search identifiers and a condition, as in a Sigma rule: events that meet it are no matches of the rule */
            detection: {
                condition: string;
            } & {
                [key: string]: unknown;
            };
            /** @description Why, for whoever asks later */
            reason: string;
        };
        /** Histogram */
        Histogram: {
            interval_seconds: number;
            items: {
                count: number;
                /**
                 * Format: date-time
                 * @description Start of the bar
                 */
                timestamp: string;
                /** @description With `by`; empty where the field is */
                value?: string;
            }[];
        };
        /** Incident */
        Incident: {
            alert_count: number;
            assignee: string | null;
            created_at: string;
            created_by: string;
            entities: {
                actors: string[];
                hosts: string[];
                src_ips: string[];
            };
            first_alert_at: string;
            incident_id: string;
            incident_key: string;
            last_alert_at: string;
            merged_into: string | null;
            modified_by: string;
            previous_incident_id: string | null;
            resolved_at: string | null;
            severity: number;
            severity_label: string;
            /** @enum {unknown} */
            status: "new" | "triaged" | "contained" | "resolved" | "closed";
            tenant_id: string;
            title: string;
            updated_at: string;
            version: number;
        };
        /** Incident in detail */
        IncidentInDetail: {
            alert_count: number;
            alerts: components["schemas"]["Alert"][];
            assignee: string | null;
            cases: components["schemas"]["Case"][];
            created_at: string;
            created_by: string;
            entities: {
                actors: string[];
                hosts: string[];
                src_ips: string[];
            };
            first_alert_at: string;
            incident_id: string;
            incident_key: string;
            last_alert_at: string;
            merged_into: string | null;
            modified_by: string;
            next_incident_ids: string[];
            previous_incident_id: string | null;
            resolved_at: string | null;
            severity: number;
            severity_label: string;
            /** @enum {unknown} */
            status: "new" | "triaged" | "contained" | "resolved" | "closed";
            tenant_id: string;
            timeline: components["schemas"]["TimelineEntry"][];
            title: string;
            updated_at: string;
            version: number;
        };
        /** Incidents to merge into this one */
        IncidentsToMergeIntoThisOne: {
            incident_ids: string[];
            /** @default  */
            reason?: string;
        };
        /** Ingest reply */
        IngestReply: {
            accepted: number;
            /** @description Of a single event */
            event_id?: string;
            /** @description Ask /v1/ingest/receipts/{id} what became of the items */
            receipt: string;
            refusals?: {
                code: string;
                detail: string;
                /** @description Place of the item in the request, from 0 */
                index: number;
                pointer?: string;
                status: number;
            }[];
            refused: number;
            /** @enum {unknown} */
            status: "accepted" | "partial";
        };
        /** Linked alert */
        LinkedAlert: {
            actor?: {
                id?: string;
                name?: string;
                type?: string;
            };
            alert_id: string;
            assignee: string | null;
            category: string;
            created_at: string;
            created_by: string;
            description: string;
            event_count: number;
            first_event_at: string;
            group: {
                [key: string]: string;
            };
            hosts: string[];
            incident_id: string | null;
            last_event_at: string;
            linked_at: string;
            linked_by: string;
            modified_by: string;
            related_events: string[];
            revision: number;
            rule_id: string;
            rule_name: string;
            rule_version: number;
            severity: number;
            severity_label: string;
            src_ips: string[];
            /** @enum {unknown} */
            status: "new" | "acknowledged" | "investigating" | "resolved" | "false_positive";
            storm: boolean;
            suppress_reason: string | null;
            suppressed: boolean;
            suppressed_until: string | null;
            tags: string[];
            target?: {
                id?: string;
                name?: string;
                type?: string;
            };
            tenant_id: string;
            timestamp: string;
            title: string;
            total: number;
            updated_at: string;
            version: number;
        };
        /** Link of a case */
        LinkOfACase: {
            case_id: string;
            created_at: string;
            created_by: string;
            id: string;
            other_case_id: string | null;
            /** @description related, duplicate_of, caused_by or url */
            relation: string;
            title: string;
            url: string | null;
        };
        /** Link to add: case_id or url */
        LinkToAddCaseIdOrUrl: {
            /** @description A UUID */
            case_id?: string;
            /** @enum {unknown} */
            relation?: "related" | "duplicate_of" | "caused_by";
            title?: string;
            /** @description Of http or https */
            url?: string;
        };
        /** Logout told by the provider */
        LogoutToldByTheProvider: {
            logout_token: string;
        };
        /** New tenant */
        NewTenant: {
            branding?: components["schemas"]["TenantBranding"];
            /** @default unspecified */
            data_residency?: string;
            name: string;
            quota?: components["schemas"]["ChangeOfATenantQuota"];
            retention?: {
                /** @description Alerts and incidents, from their last change; those of a case stay with it */
                alerts_days?: number;
                /** @description Raw lines, from the day they were received */
                archive_days?: number;
                /** @description Rows of the audit log; what goes leaves a signed statement */
                audit_days?: number;
                /** @description Cases that are resolved or closed, from their last change */
                cases_days?: number;
            };
            /** @default 90 */
            retention_days?: number;
            tenant_id: string;
        };
        /** Notification */
        Notification: {
            attempts: number;
            delivered_at: string | null;
            /** @enum {unknown} */
            delivery: "none" | "pending" | "delivered" | "failed";
            event_type: string;
            last_error: string | null;
            notification_id: string;
            occurred_at: string;
            payload: {
                [key: string]: unknown;
            };
            received_at: string;
            severity: string;
            title: string;
        };
        /** Problem */
        Problem: {
            /** @description Stable; see docs/reference/problems.md */
            code: string;
            detail: string;
            error: {
                detail: string;
                message: string;
                request_id: string;
                retryable: boolean;
                status_code: number;
            };
            errors: {
                detail: string;
                pointer: string;
            }[];
            instance: string;
            request_id: string;
            retryable: boolean;
            status: number;
            title: string;
            /** @description urn:tocsin:problem:<code> */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /** Receipt */
        Receipt: {
            accepted: number;
            dead_lettered: number;
            duplicate: number;
            parse_failed: number;
            pending: number;
            stored: number;
        };
        /** Result of a dry run */
        ResultOfADryRun: {
            /** @description The first of them */
            alert_sample: {
                event_count: number;
                /** Format: date-time */
                first_event_at: string;
                group: string;
                /** Format: date-time */
                last_event_at: string;
                related_events: string[];
            }[];
            /** @description Alerts that these events would have opened, by event time */
            alerts: number;
            /** @description No event of the range was left out by events_max */
            complete: boolean;
            /** @description Groups the matches belong to */
            groups: number;
            /** @description False: the rule asks for a log source, which stored events do not tell */
            logsource_checked: boolean;
            matched: number;
            sample: {
                [key: string]: unknown;
            }[];
            /** @description Events of the rule’s category that were looked at */
            scanned: number;
            /** @description Matches without a value to group by */
            ungrouped: number;
        };
        /** Retention report */
        RetentionReport: {
            /** Format: date-time */
            at: string;
            removed: {
                [key: string]: number;
            };
        };
        /** Rotation of an API key */
        RotationOfAnAPIKey: {
            /**
             * @description How long the present secret opens the key beside the new one
             * @default 86400
             */
            overlap_seconds?: number;
        };
        /** Rule */
        Rule: {
            active_version: number | null;
            category: string;
            condition?: unknown;
            /** @description Of Sigma rules: it is tried off the hot path, its alerts come later */
            deferred: components["schemas"]["RuleOffTheHotPath"] | null;
            description: string;
            enabled: boolean;
            exceptions: components["schemas"]["ExceptionOfASigmaRule"][];
            false_positives: string[];
            group_by: string[];
            id: string;
            kind: string;
            latest_version: number;
            logsources: {
                [key: string]: string;
            }[];
            name: string;
            /** @enum {unknown} */
            origin: "shipped" | "own";
            /**
             * @description Of Sigma documents: inactive waits for a list, refused cannot be read. Others are loaded
             * @enum {unknown}
             */
            outcome: "loaded" | "inactive" | "refused";
            overrides: {
                severity: number | null;
                threshold: number | null;
            };
            parameters: {
                [key: string]: unknown;
            };
            reason: string;
            /** @description As it is used for the tenant */
            severity: number;
            /** @enum {unknown} */
            status: "draft" | "active" | "retired";
            tags: string[];
            title: string;
            version: number;
        };
        /** Rule off the hot path */
        RuleOffTheHotPath: {
            /** @description Frames of the tenant that wait for rules off the hot path */
            frames_waiting: number;
            /** @enum {unknown} */
            reason: "over_budget" | "fault";
            /** Format: date-time */
            since: string;
        };
        /** Rule of the installation off the hot path */
        RuleOfTheInstallationOffTheHotPath: {
            /** @description Steps an event on average, or the fault */
            detail: string;
            /** @description Frames of all tenants that wait for rules off the hot path */
            frames_waiting: number;
            /** @description When somebody wanted it back: it goes when nothing waits for it any more */
            put_back_at: string | null;
            put_back_by: string | null;
            /** @enum {unknown} */
            reason: "over_budget" | "fault";
            rule_id: string;
            /** Format: date-time */
            since: string;
            title: string;
        };
        /** Rule summary */
        RuleSummary: {
            category: string;
            /** @description Of Sigma rules: it is tried off the hot path, its alerts come later */
            deferred: components["schemas"]["RuleOffTheHotPath"] | null;
            description: string;
            enabled: boolean;
            id: string;
            kind: string;
            name: string;
            /** @enum {unknown} */
            origin: "shipped" | "own";
            /**
             * @description Of Sigma documents: inactive waits for a list, refused cannot be read. Others are loaded
             * @enum {unknown}
             */
            outcome: "loaded" | "inactive" | "refused";
            reason: string;
            /** @description As it is used for the tenant */
            severity: number;
            /** @enum {unknown} */
            status: "draft" | "active" | "retired";
            tags: string[];
            title: string;
            version: number;
        };
        /** Rule to keep */
        RuleToKeep: {
            category: string;
            /** @description See docs/guides/add-a-rule.md. Only a rule of kind sequence may be without */
            condition?: unknown;
            description: string;
            false_positives?: string[];
            group_by?: string[];
            id: string;
            kind: string;
            logsources?: {
                category?: string;
                product?: string;
                service?: string;
            }[];
            name: string;
            parameters: {
                [key: string]: unknown;
            };
            severity: number;
            tags: string[];
            title: string;
        };
        /** Rule version */
        RuleVersion: {
            /** Format: date-time */
            created_at: string;
            created_by: string;
            document: unknown;
            version: number;
        };
        /** Session */
        Session: {
            display_name?: string;
            /** Format: date-time */
            expires_at?: string;
            logged_in: boolean;
            /** @description Whether an identity provider is set up */
            login_available: boolean;
            permissions?: string[];
            role?: string;
            subject?: string;
            tenant_id?: string | null;
        };
        /** Session of a person */
        SessionOfAPerson: {
            /** Format: date-time */
            created_at: string;
            display_name: string;
            /**
             * Format: date-time
             * @description Its end whatever happens
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description To the minute
             */
            last_seen_at: string;
            role: string;
            /** Format: uuid */
            session_id: string;
            /** @description Whom the identity provider named */
            subject: string;
            tenant_id: string | null;
        };
        /** Session of a person, without a name */
        SessionOfAPersonWithoutAName: {
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Its end whatever happens
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description To the minute
             */
            last_seen_at: string;
            role: string;
            /** Format: uuid */
            session_id: string;
            /** @description Whom the identity provider named */
            subject: string;
            tenant_id: string | null;
        };
        /** Session of one’s own */
        SessionOfOneSOwn: {
            /** Format: date-time */
            created_at: string;
            /** @description The one that asks */
            current: boolean;
            display_name: string;
            /**
             * Format: date-time
             * @description Its end whatever happens
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description To the minute
             */
            last_seen_at: string;
            role: string;
            /** Format: uuid */
            session_id: string;
            /** @description Whom the identity provider named */
            subject: string;
            tenant_id: string | null;
        };
        /** Sigma rule to keep */
        SigmaRuleToKeep: {
            /** @description YAML: a rule, or a correlation with the rules it counts. The rule that alerts has a UUID as its id */
            text: string;
        };
        /** Stored event */
        StoredEvent: {
            action?: string;
            actor?: {
                email?: string;
                id?: string;
                name?: string;
                /** @enum {unknown} */
                type?: "user" | "service" | "device" | "unknown";
            };
            attributes?: {
                [key: string]: unknown;
            };
            /** @enum {unknown} */
            category: "auth" | "endpoint" | "network" | "cloud" | "k8s" | "storage" | "ops";
            dst_ip?: string;
            /** Format: uuid */
            event_id: string;
            /** Format: date-time */
            ingested_at: string;
            message?: string;
            /** @enum {unknown} */
            outcome?: "success" | "failure" | "unknown";
            parse_error?: string;
            parse_status: string;
            raw_ref?: string;
            rules?: string[];
            severity: number;
            source: {
                host?: string;
                integration?: string;
                system: string;
            };
            src_ip?: string;
            tags?: string[];
            target?: {
                id?: string;
                name?: string;
                /** @enum {unknown} */
                type?: "asset" | "workload" | "service" | "data" | "unknown";
            };
            tenant_id: string;
            /** Format: date-time */
            timestamp: string;
        } & {
            [key: string]: unknown;
        };
        /** Tenant */
        Tenant: {
            branding: components["schemas"]["TenantBranding"];
            /** Format: date-time */
            created_at: string;
            created_by: string;
            data_residency: string;
            deletion: components["schemas"]["TenantDeletion"] | null;
            last_retention: components["schemas"]["RetentionReport"] | null;
            modified_by: string;
            name: string;
            quota: components["schemas"]["TenantQuota"];
            retention: components["schemas"]["TenantRetention"];
            retention_days: number;
            status: "active" | "suspended" | "deleting" | "deleted";
            tenant_id: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** Tenant branding */
        TenantBranding: {
            accent_color?: string;
            display_name?: string;
            logo_url?: string;
            support_email?: string;
        };
        /** Tenant change */
        TenantChange: {
            branding?: components["schemas"]["TenantBranding"];
            data_residency?: string;
            name?: string;
            quota?: components["schemas"]["ChangeOfATenantQuota"];
            retention?: {
                /** @description Alerts and incidents, from their last change; those of a case stay with it */
                alerts_days?: number;
                /** @description Raw lines, from the day they were received */
                archive_days?: number;
                /** @description Rows of the audit log; what goes leaves a signed statement */
                audit_days?: number;
                /** @description Cases that are resolved or closed, from their last change */
                cases_days?: number;
            };
            retention_days?: number;
            status?: "active" | "suspended";
        };
        /** Tenant deletion */
        TenantDeletion: {
            detail: string;
            finished_at: string | null;
            removed: {
                [key: string]: number;
            };
            /** Format: date-time */
            requested_at: string;
            requested_by: string;
            /** @enum {unknown} */
            step: "requested" | "draining" | "erasing" | "unlinking" | "done";
        };
        /** Tenant quota */
        TenantQuota: {
            /** @description API keys that are not revoked */
            api_keys: number;
            /** @description Requests to the API, ingest excluded */
            api_requests_per_second: number;
            /** @description Bytes of ingest bodies as they arrive */
            ingest_bytes_per_second: number;
            /** @description Bytes of ingest bodies after decompression */
            ingest_decompressed_bytes_per_second: number;
            /** @description Events accepted */
            ingest_events_per_second: number;
            /** @description Requests that carry events */
            ingest_requests_per_second: number;
            /** @description Bytes of raw lines kept in the archive, compressed */
            stored_bytes: number;
            /** @description People who logged in within 30 days */
            users: number;
        };
        /** Tenant retention */
        TenantRetention: {
            /** @description Alerts and incidents, from their last change; those of a case stay with it */
            alerts_days: number;
            /** @description Raw lines, from the day they were received */
            archive_days: number;
            /** @description Rows of the audit log; what goes leaves a signed statement */
            audit_days: number;
            /** @description Cases that are resolved or closed, from their last change */
            cases_days: number;
        };
        /** Text of a comment */
        TextOfAComment: {
            body: string;
        };
        /** Timeline entry */
        TimelineEntry: {
            actor: string;
            alert_id?: string;
            at: string;
            detail: {
                [key: string]: unknown;
            };
            id: string;
            kind: string;
            summary: string;
        };
        /** Verdict on a rule */
        VerdictOnARule: {
            errors: {
                detail: string;
                pointer: string;
            }[];
            valid: boolean;
        };
        /** Version of a comment */
        VersionOfAComment: {
            body: string;
            version: number;
            written_at: string;
            written_by: string;
        };
        /** Webhook */
        Webhook: {
            enabled: boolean;
            event_types: string[] | null;
            secret_since: string;
            updated_at: string;
            updated_by: string;
            /** @description Scheme and host; the path may be a secret */
            url: string;
        };
        /** Webhook to keep */
        WebhookToKeep: {
            /** @default true */
            enabled?: boolean;
            event_types?: string[] | null;
            /**
             * @description Make another secret; calls are signed with the former one too for 24 hours
             * @default false
             */
            new_secret?: boolean;
            /** @description https; not shown again in full */
            url: string;
        };
        /** Why it is taken out again */
        WhyItIsTakenOutAgain: {
            /** @default  */
            reason?: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getJwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Public keys of the local issuer (RFC 7517) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            [key: string]: unknown;
                        }[];
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Says that the process answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        service: string;
                        /** @constant */
                        status: "ok";
                        version: string;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Measurements for Prometheus */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This description of the API */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getQueueHealth: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What waits in the queues */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        queues: {
                            bytes: number;
                            dead_letters: number;
                            events: number;
                            frames: number;
                            group: string;
                            oldest_at: string | null;
                            topic: string;
                        }[];
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Says whether each engine works */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        checks: {
                            detail: string;
                            name: string;
                            /** @enum {unknown} */
                            status: "ok" | "fail" | "unknown";
                        }[];
                        service: string;
                        /** @enum {unknown} */
                        status: "ok" | "fail";
                        version: string;
                    };
                };
            };
            /** @description Says whether each engine works */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        checks: {
                            detail: string;
                            name: string;
                            /** @enum {unknown} */
                            status: "ok" | "fail" | "unknown";
                        }[];
                        service: string;
                        /** @enum {unknown} */
                        status: "ok" | "fail";
                        version: string;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                assignee?: string;
                cursor?: string;
                from?: string;
                incident_id?: string;
                limit?: number;
                q?: string;
                rule_id?: string;
                severity_min?: number;
                sort?: "newest" | "oldest" | "severity";
                status?: "new" | "acknowledged" | "investigating" | "resolved" | "false_positive";
                to?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists and searches alerts, newest event first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Alert"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlert: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gives one alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeAlert: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    assignee?: string | null;
                    /** @enum {unknown} */
                    status?: "new" | "acknowledged" | "investigating" | "resolved" | "false_positive";
                    suppress_reason?: string;
                    suppressed_until?: string | null;
                };
            };
        };
        responses: {
            /** @description Changes status, assignee or suppression of an alert (If-Match) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAlertCases: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                offset?: number;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists the cases of an alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Case"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamAlerts: {
        parameters: {
            query?: {
                last_event_id?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Follow alerts as they are made and changed (server-sent events) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists the API keys, without what opens them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["APIKey"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["APIKeyToMake"];
            };
        };
        responses: {
            /** @description Makes an API key and tells it, once */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["APIKeyWithItsSecret"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Shows an API key, without what opens it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["APIKey"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revokes an API key, for good */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotationOfAnAPIKey"];
            };
        };
        responses: {
            /** @description Gives an API key a new secret and tells it, once */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["APIKeyWithItsSecret"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                action?: string;
                actor?: string;
                cursor?: string;
                limit?: number;
                object_id?: string;
                object_type?: string;
                request_id?: string;
                since?: string;
                until?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List who changed what, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Export the sealed audit log with its signed head */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCases: {
        parameters: {
            query?: {
                assigned_to?: string;
                cursor?: string;
                from?: string;
                incident_id?: string;
                limit?: number;
                offset?: number;
                q?: string;
                severity_min?: number;
                sort?: "newest" | "oldest" | "updated" | "severity";
                status?: "open" | "investigating" | "contained" | "resolved" | "closed" | "false_positive";
                to?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists and searches cases, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Case"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCase: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CaseToOpen"];
            };
        };
        responses: {
            /** @description Opens a case (Idempotency-Key) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            /** @description Opens a case (Idempotency-Key) */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCase: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gives one case */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putCase: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeOfACase"];
            };
        };
        responses: {
            /** @description Changes members of a case (If-Match) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeCase: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeOfACase"];
            };
        };
        responses: {
            /** @description Changes members of a case (If-Match) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCaseAlerts: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                offset?: number;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists the alerts of a case */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["LinkedAlert"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    linkCaseAlerts: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertsToLinkAlertIdOrAlertIds"];
            };
        };
        responses: {
            /** @description Links alerts to a case */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        already_linked: string[];
                        case_id: string;
                        linked: string[];
                    };
                };
            };
            /** @description Links alerts to a case */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        already_linked: string[];
                        case_id: string;
                        linked: string[];
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unlinkCaseAlert: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                alert_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Takes an alert off a case */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCaseComments: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                offset?: number;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists the comments of a case, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Comment"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addCaseComment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TextOfAComment"];
            };
        };
        responses: {
            /** @description Adds a comment to a case */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    editCaseComment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                comment_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TextOfAComment"];
            };
        };
        responses: {
            /** @description Edits a comment of your own (If-Match); earlier texts are kept */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCaseCommentVersions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                comment_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists every text that a comment had, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["VersionOfAComment"][];
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCaseLinks: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists the links of a case, and those of other cases that lead to it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["LinkOfACase"][];
                        linked_from: components["schemas"]["LinkOfACase"][];
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addCaseLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkToAddCaseIdOrUrl"];
            };
        };
        responses: {
            /** @description Links a case to another case, or to a page elsewhere */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkOfACase"];
                };
            };
            /** @description Links a case to another case, or to a page elsewhere */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkOfACase"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeCaseLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
                link_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removes a link of a case */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCaseTimeline: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                offset?: number;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists what happened to a case, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TimelineEntry"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read an event */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredEvent"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportEvents: {
        parameters: {
            query?: {
                from?: string;
                order?: "newest" | "oldest";
                q?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Export what a query finds */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    countEventsOverTime: {
        parameters: {
            query?: {
                by?: string;
                from?: string;
                interval?: string;
                q?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Count events over time */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Histogram"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    searchEvents: {
        parameters: {
            query?: {
                cursor?: string;
                from?: string;
                limit?: number;
                order?: "newest" | "oldest";
                q?: string;
                to?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Find events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["StoredEvent"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    searchEventsByBody: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    cursor?: string;
                    /** @description RFC 3339, a date, `now-1h`, or milliseconds since 1970; no bound when absent */
                    from?: string;
                    /** @default 50 */
                    limit?: number;
                    /**
                     * @default newest
                     * @enum {unknown}
                     */
                    order?: "newest" | "oldest";
                    /**
                     * @description See docs/reference/query.md; empty finds all
                     * @default
                     */
                    q?: string;
                    /** @description RFC 3339, a date, `now-1h`, or milliseconds since 1970; no bound when absent */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description Find events, the query in the body: for queries too long for a URL */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["StoredEvent"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                last_event_id?: string;
                q?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Follow events as they come in (server-sent events) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listIncidents: {
        parameters: {
            query?: {
                assignee?: string;
                cursor?: string;
                from?: string;
                limit?: number;
                severity_min?: number;
                sort?: "newest" | "oldest" | "severity";
                status?: "new" | "triaged" | "contained" | "resolved" | "closed";
                to?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists incidents, newest alert first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Incident"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getIncident: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gives one incident with its alerts, timeline and cases */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentInDetail"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeIncident: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    assignee?: string | null;
                    /** @enum {unknown} */
                    status?: "new" | "triaged" | "contained" | "resolved" | "closed";
                };
            };
        };
        responses: {
            /** @description Changes status or assignee of an incident (If-Match) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mergeIncidents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IncidentsToMergeIntoThisOne"];
            };
        };
        responses: {
            /** @description Merges other incidents into this one (If-Match) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unmergeIncident: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WhyItIsTakenOutAgain"];
            };
        };
        responses: {
            /** @description Takes an incident out of the one it was merged into (If-Match) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ingestEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": unknown;
                "application/json": components["schemas"]["EventAsPosted"];
            };
        };
        responses: {
            /** @description Accept canonical events: one object, an array, or one a line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IngestReply"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ingestRaw: {
        parameters: {
            query?: {
                source?: string;
                wrapped?: boolean;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": unknown;
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Accept raw log lines, one event a line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IngestReply"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReceipt: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tell what became of the items of an accepted request */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: {
                as?: string;
                return_to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Begins a login: sends the browser to the identity provider */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finishLogin: {
        parameters: {
            query?: {
                code?: string;
                error?: string;
                error_description?: string;
                error_uri?: string;
                iss?: string;
                session_state?: string;
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ends a login: the browser comes back from the identity provider */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: {
                at_provider?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ends the session of this browser */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndOfASession"];
                };
            };
            /** @description Ends the session of this browser */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logoutByProvider: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["LogoutToldByTheProvider"];
            };
        };
        responses: {
            /** @description Ends what the identity provider ended: it asks for this itself */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNotifications: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List what the tenant was told, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Notification"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Show the webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookToKeep"];
            };
        };
        responses: {
            /** @description Set the webhook, or make another secret for it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        enabled: boolean;
                        event_types: string[] | null;
                        /** @description Shown once, when it was made: verify calls with it (Standard Webhooks) */
                        secret: string | null;
                        secret_since: string;
                        updated_at: string;
                        updated_by: string;
                        /** @description Scheme and host; the path may be a secret */
                        url: string;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Remove the webhook */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPlatformAudit: {
        parameters: {
            query?: {
                action?: string;
                actor?: string;
                cursor?: string;
                limit?: number;
                object_id?: string;
                object_type?: string;
                request_id?: string;
                since?: string;
                tenant_id?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List who changed tenants, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportPlatformAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Export the sealed log of changes of tenants */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeferredRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the Sigma rules of the installation that are tried off the hot path */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RuleOfTheInstallationOffTheHotPath"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putRuleBack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Try a Sigma rule of the installation on the hot path again */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleOfTheInstallationOffTheHotPath"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPlatformSessions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                subject?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists everybody who is logged in with a browser */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SessionOfAPersonWithoutAName"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endPlatformSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ends a session of anybody */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What waits in the queues */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        queues: {
                            bytes: number;
                            dead_letters: number;
                            events: number;
                            frames: number;
                            group: string;
                            oldest_at: string | null;
                            topic: string;
                        }[];
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                group: string;
                topic: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists what of a queue could not be handled */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["DeadLetter"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    discardDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                group: string;
                id: string;
                topic: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Throws a parked item away, for good */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redriveDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                group: string;
                id: string;
                topic: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sends a parked item again */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        status: string;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRules: {
        parameters: {
            query?: {
                category?: string;
                cursor?: string;
                enabled?: boolean;
                kind?: string;
                limit?: number;
                origin?: "shipped" | "own";
                outcome?: "loaded" | "inactive" | "refused";
                status?: "draft" | "active" | "retired";
                tag?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List detection rules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RuleSummary"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleToKeep"];
            };
        };
        responses: {
            /** @description Keep a detection rule of your own, as a draft */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                rule_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read a detection rule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                rule_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleToKeep"];
            };
        };
        responses: {
            /** @description Keep a new version of a rule of your own */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                rule_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeOfARule"];
            };
        };
        responses: {
            /** @description Switch a rule on or off, override its values, make a version active or retire it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRuleVersions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                rule_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the versions of a rule of your own */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RuleVersion"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dryRunRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DryRun"];
            };
        };
        responses: {
            /** @description Try a rule on stored events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResultOfADryRun"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    validateRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Check a rule without keeping it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerdictOnARule"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Says who this browser is logged in as */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOwnSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists the sessions of the person whom this browser is logged in as */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SessionOfOneSOwn"][];
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endOwnSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ends a session of the person whom this browser is logged in as */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gives the session of this browser another id; the one before serves 10 s more */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
                subject?: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lists who is logged in to the tenant with a browser */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SessionOfAPerson"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSessions: {
        parameters: {
            query: {
                subject: string;
            };
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ends all sessions of a person in the tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: number;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ends a session of somebody in the tenant */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSigmaRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SigmaRuleToKeep"];
            };
        };
        responses: {
            /** @description Keep a Sigma rule of your own, as a draft */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSigmaRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description The tenant of the credential: needed with a JWT; with an API key it may be left out */
                "X-Tenant-ID"?: string;
            };
            path: {
                rule_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SigmaRuleToKeep"];
            };
        };
        responses: {
            /** @description Keep a new version of a Sigma rule of your own */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTenants: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List tenants */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Tenant"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createTenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTenant"];
            };
        };
        responses: {
            /** @description Create a tenant */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read a tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a suspended tenant and all of its data */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenant_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantChange"];
            };
        };
        responses: {
            /** @description Change, suspend or resume a tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description A problem (RFC 9457) */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
