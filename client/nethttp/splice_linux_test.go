package nethttp

const canSplice = true
