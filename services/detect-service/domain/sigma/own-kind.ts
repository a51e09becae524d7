/** The kind of documents that keep a tenant's own Sigma text, in `parameters.text`. */
export const OWN_SIGMA_KIND = 'sigma';
