"""What runs behind the pages: it reads the outbox, codes texts, sends notices, keeps the house.

The only package that may import `nlp`. Every piece of work may be done twice or be cut short at
any point without harm, so that any engine can carry it: the loop here, or a task queue.
"""
