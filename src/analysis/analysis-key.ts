/** What a caller's own name for an analysis may be. */
export const analysisKey = {
  pattern: /^[\w.:@~/+-]{1,200}$/,
  wanted: "expected 1 to 200 of letters, digits and . _ : @ ~ / + -",
} as const;
