"""Mutation tests of the SQL: which small change of a model would nobody notice?"""
