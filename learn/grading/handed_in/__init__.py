"""Grades what a class handed in, whatever a folder of hand-ins really holds.

Data flows one way: `finding` tells the learners apart, `staging` copies what is theirs to a clean folder (`unpacking`
opens their archives, `reading` refuses what is no plain file), `worker` grades one exercise after another in a process
that stays warm, and `course` has several of those grade a class. Nothing that one learner handed in is left in the
way of another: each has a folder, a time budget, and an entry in the report, whatever happens.
"""
