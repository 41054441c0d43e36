"""The tables of version 0.1 in one step. A database that took all the steps it replaces has taken this one."""

import django.db.models.deletion
import django.db.models.functions.comparison
import playground.models.codes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('playground', '0001_initial'),
        ('playground', '0002_callbacks'),
        ('playground', '0003_people'),
        ('playground', '0004_money'),
        ('playground', '0005_short_states'),
        ('playground', '0006_references'),
        ('playground', '0007_results'),
        ('playground', '0008_user_group'),
        ('playground', '0009_share_links'),
    ]

    dependencies = [
        ('accounts', '0001_squashed_0006_seen_language'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('worker', models.CharField(max_length=100, unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('monthly', models.DecimalField(decimal_places=4, max_digits=14)),
                ('guard', models.PositiveBigIntegerField(default=0, editable=False)),
                ('owner', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='budget', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BudgetWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('level', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='warnings', to='playground.budget')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Generation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=playground.models.codes.new_code, editable=False, max_length=32, unique=True)),
                ('request_id', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('rehearsal', models.BooleanField()),
                ('shared', models.BooleanField(default=False)),
                ('model', models.CharField(max_length=64)),
                ('prompt', models.TextField()),
                ('prompt_folded', models.TextField(blank=True, editable=False)),
                ('size', models.CharField(blank=True, max_length=20)),
                ('quality', models.CharField(blank=True, max_length=10)),
                ('resolution', models.CharField(blank=True, max_length=10)),
                ('background', models.CharField(blank=True, max_length=20)),
                ('output_format', models.CharField(blank=True, max_length=10)),
                ('n', models.PositiveSmallIntegerField(default=1)),
                ('reference_way', models.CharField(blank=True, choices=[('here', 'served by this studio'), ('bucket', 'served by the storage, by signed links'), ('evolink', 'uploaded to EvoLink’s own file storage')], max_length=8)),
                ('width', models.PositiveIntegerField(blank=True, null=True)),
                ('height', models.PositiveIntegerField(blank=True, null=True)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('submitting', 'Sending'), ('pending', 'Accepted'), ('processing', 'Drawing'), ('saving', 'Saving'), ('completed', 'Saved'), ('failed', 'Failed'), ('cancelled', 'Canceled'), ('unknown', 'Unknown')], default='queued', max_length=10)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('task_id', models.CharField(blank=True, max_length=200)),
                ('revised_prompt', models.TextField(blank=True)),
                ('failure', models.CharField(blank=True, max_length=60)),
                ('failure_detail', models.TextField(blank=True)),
                ('trouble', models.CharField(blank=True, max_length=60)),
                ('version', models.PositiveIntegerField(default=1)),
                ('estimate_low', models.DecimalField(decimal_places=4, max_digits=14)),
                ('estimate_high', models.DecimalField(decimal_places=4, max_digits=14)),
                ('rates_version', models.CharField(max_length=32)),
                ('cost', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('cost_source', models.CharField(blank=True, choices=[('reported', 'reported by EvoLink'), ('computed', 'computed from the reported tokens'), ('estimated', 'estimated'), ('corrected', 'corrected by an administrator')], max_length=10)),
                ('charged', models.CharField(blank=True, choices=[('no', 'You were not charged.'), ('yes', 'You were charged.'), ('checking', 'We are checking whether you were charged.'), ('possibly', 'You may have been charged; the estimate counts.')], max_length=10)),
                ('usual_seconds', models.PositiveIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('drawn_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('claimed_by', models.CharField(blank=True, max_length=100)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('key', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='generations', to='accounts.apikey')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='generations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='GeneratedImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.PositiveSmallIntegerField()),
                ('token', models.CharField(default=playground.models.codes.new_code, editable=False, max_length=32)),
                ('state', models.CharField(choices=[('waiting', 'being saved'), ('saved', 'saved'), ('missing', 'missing'), ('deleted', 'deleted')], default='waiting', max_length=8)),
                ('source_url', models.TextField(blank=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('file', models.FileField(blank=True, max_length=200, upload_to='')),
                ('thumbnail', models.FileField(blank=True, max_length=200, upload_to='')),
                ('thumbnail_small', models.FileField(blank=True, max_length=200, upload_to='')),
                ('content_type', models.CharField(blank=True, max_length=20)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('byte_size', models.PositiveIntegerField(blank=True, null=True)),
                ('width', models.PositiveIntegerField(blank=True, null=True)),
                ('height', models.PositiveIntegerField(blank=True, null=True)),
                ('saved_at', models.DateTimeField(blank=True, null=True)),
                ('alternative_text', models.CharField(blank=True, max_length=1000)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('deletion', models.CharField(blank=True, max_length=32)),
                ('favourite_of', models.ManyToManyField(blank=True, related_name='favourites', to=settings.AUTH_USER_MODEL)),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='images', to='playground.generation')),
            ],
            options={
                'ordering': ['generation', 'index'],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(default=playground.models.codes.new_token, editable=False, max_length=64, unique=True)),
                ('outcome', models.CharField(choices=[('open', 'not answered yet'), ('not_sent', 'never left this server'), ('rejected', 'refused by EvoLink'), ('accepted', 'accepted by EvoLink'), ('unknown', 'answer lost')], default='open', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('callback_at', models.DateTimeField(blank=True, null=True)),
                ('hinted_task_id', models.CharField(blank=True, max_length=200)),
                ('credits_before', models.JSONField(blank=True, null=True)),
                ('request', models.TextField(blank=True)),
                ('answer', models.TextField(blank=True)),
                ('user_group', models.CharField(blank=True, max_length=60)),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='playground.generation')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hold', 'held'), ('release', 'released'), ('charge', 'charged'), ('correction', 'corrected')], max_length=10)),
                ('credits', models.DecimalField(decimal_places=4, max_digits=16)),
                ('rates_version', models.CharField(max_length=32)),
                ('rehearsal', models.BooleanField()),
                ('estimated', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('corrected_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to=settings.AUTH_USER_MODEL)),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='playground.generation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=playground.models.codes.new_token, editable=False, max_length=32, unique=True)),
                ('sha256', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=100)),
                ('file', models.FileField(max_length=200, upload_to='')),
                ('thumbnail', models.FileField(max_length=200, upload_to='')),
                ('content_type', models.CharField(max_length=20)),
                ('byte_size', models.PositiveIntegerField()),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='references', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='as_references', to='playground.generatedimage')),
            ],
            options={
                'ordering': ['-touched_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReferenceUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reference_uses', to='playground.generation')),
                ('reference', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uses', to='playground.reference')),
            ],
            options={
                'ordering': ['generation', 'position'],
            },
        ),
        migrations.CreateModel(
            name='ReferenceAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=playground.models.codes.new_token, editable=False, max_length=32, unique=True)),
                ('url', models.TextField(blank=True)),
                ('fetched_at', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='playground.attempt')),
                ('use', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='playground.referenceuse')),
            ],
            options={
                'ordering': ['use__position'],
            },
        ),
        migrations.CreateModel(
            name='ShareLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=playground.models.codes.new_token, editable=False, max_length=32, unique=True)),
                ('selection', models.CharField(max_length=64)),
                ('title', models.CharField(blank=True, max_length=120)),
                ('prompts', models.BooleanField(default=False)),
                ('password', models.CharField(blank=True, max_length=128)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='share_links', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='SharedImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='playground.generatedimage')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='playground.sharelink')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Coalesce('owner', 0), name='budget_one_for_each'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('monthly__gte', 0)), name='budget_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='budgetwarning',
            constraint=models.UniqueConstraint(fields=('budget', 'month', 'level'), name='budget_warning_once'),
        ),
        migrations.AddIndex(
            model_name='generation',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='generation_due'),
        ),
        migrations.AddIndex(
            model_name='generation',
            index=models.Index(fields=['owner', '-id'], name='generation_history'),
        ),
        migrations.AddIndex(
            model_name='generation',
            index=models.Index(condition=models.Q(('finished_at', None)), fields=['owner'], name='generation_open'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.UniqueConstraint(fields=('owner', 'request_id'), name='generation_request_once'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.UniqueConstraint(condition=models.Q(('task_id', ''), _negated=True), fields=('rehearsal', 'task_id'), name='generation_task_once'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.CheckConstraint(condition=models.Q(('rehearsal', False), ('key', None), _connector='OR'), name='generation_rehearsal_spends_no_key'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.CheckConstraint(condition=models.Q(('n__gte', 1), ('n__lte', 10)), name='generation_n'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='generation_progress'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('completed', 'failed', 'cancelled')), _negated=True), models.Q(('due_at__isnull', True), ('finished_at__isnull', False)), _connector='OR'), name='generation_final_is_finished'),
        ),
        migrations.AddIndex(
            model_name='generatedimage',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('state', 'saved')), fields=['-id'], name='image_gallery'),
        ),
        migrations.AddIndex(
            model_name='generatedimage',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='image_sweep'),
        ),
        migrations.AddConstraint(
            model_name='generatedimage',
            constraint=models.UniqueConstraint(fields=('generation', 'index'), name='image_each_index_once'),
        ),
        migrations.AddConstraint(
            model_name='generatedimage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'saved'), _negated=True), models.Q(models.Q(('file', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='image_saved_has_file'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(condition=models.Q(('kind__in', ('charge', 'correction'))), fields=['at'], name='ledger_bills'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(fields=('generation', 'kind'), name='ledger_each_kind_once'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'correction'), ('credits__gte', 0), _connector='OR'), name='ledger_only_corrections_are_negative'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.UniqueConstraint(fields=('owner', 'sha256'), name='reference_bytes_once'),
        ),
        migrations.AddConstraint(
            model_name='referenceuse',
            constraint=models.UniqueConstraint(fields=('generation', 'position'), name='reference_use_each_position_once'),
        ),
        migrations.AddConstraint(
            model_name='referenceaddress',
            constraint=models.UniqueConstraint(fields=('attempt', 'use'), name='reference_address_once'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('owner', 'selection'), name='share_link_one_per_selection'),
        ),
        migrations.AddConstraint(
            model_name='sharedimage',
            constraint=models.UniqueConstraint(fields=('link', 'position'), name='shared_image_one_per_position'),
        ),
        migrations.AddConstraint(
            model_name='sharedimage',
            constraint=models.UniqueConstraint(fields=('link', 'image'), name='shared_image_once'),
        ),
    ]
