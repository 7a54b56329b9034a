/** The commands with which whoever runs a deployment makes tokens: what errors, checks and questions say. */

export const issueNodeToken = `npx convex run tokens:issue '{"role":"node"}'`
export const issuePageToken = `npx convex run tokens:issue '{"role":"operator","label":"page"}'`
