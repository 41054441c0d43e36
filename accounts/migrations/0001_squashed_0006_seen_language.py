"""The tables of version 0.1 in one step. A database that took all the steps it replaces has taken this one."""

import accounts.models.users
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_people'),
        ('accounts', '0003_more_events'),
        ('accounts', '0004_seal_second_steps'),
        ('accounts', '0005_share_links_in_the_log'),
        ('accounts', '0006_seen_language'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('role', models.CharField(choices=[('administrator', 'Administrator'), ('member', 'Member'), ('viewer', 'Viewer')], default='member', max_length=13, verbose_name='role')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('ja', 'Japanese')], max_length=8, verbose_name='language')),
                ('seen_language', models.CharField(blank=True, editable=False, max_length=8)),
                ('theme', models.CharField(blank=True, choices=[('', 'Same as the device'), ('light', 'Light'), ('dark', 'Dark')], default='', max_length=5, verbose_name='appearance')),
                ('shares_by_default', models.BooleanField(default=False, verbose_name='share my new pictures with the team')),
                ('defaults', models.JSONField(blank=True, default=dict)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', accounts.models.users.People()),
            ],
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=60, verbose_name='Label')),
                ('hint', models.CharField(editable=False, max_length=20)),
                ('sealed', models.TextField(editable=False)),
                ('is_default', models.BooleanField(default=False)),
                ('for_members', models.BooleanField(default=False, verbose_name='Members')),
                ('for_administrators', models.BooleanField(default=False, verbose_name='Administrators')),
                ('state', models.CharField(choices=[('unchecked', 'Not checked yet'), ('works', 'Works'), ('empty', 'No credits left'), ('refused', 'Not accepted')], default='unchecked', max_length=9)),
                ('credits_left', models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-is_default', 'created_at'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='Email')),
                ('role', models.CharField(choices=[('administrator', 'Administrator'), ('member', 'Member'), ('viewer', 'Viewer')], default='member', max_length=13, verbose_name='Role')),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('signed-in', 'Signed in'), ('sign-in-failed', 'Sign-in failed'), ('signed-out', 'Signed out'), ('password-changed', 'Password changed'), ('password-link', 'Password reset link created'), ('email-changed', 'Email address changed'), ('second-step-added', 'Passkey or codes added'), ('second-step-removed', 'Passkey or codes removed'), ('key-added', 'API key added'), ('key-removed', 'API key removed'), ('key-refused', 'API key refused by EvoLink'), ('key-default', 'Default API key changed'), ('key-shared', 'Who may use an API key changed'), ('invited', 'Invited'), ('invited-again', 'Invited again'), ('invitation-withdrawn', 'Invitation withdrawn'), ('joined', 'Joined the team'), ('role-changed', 'Role changed'), ('deactivated', 'Deactivated'), ('activated', 'Reactivated'), ('exported', 'Exported'), ('link-made', 'Share link created'), ('link-changed', 'Share link changed'), ('link-revoked', 'Share link revoked')], max_length=24)),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('address', models.GenericIPAddressField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='user_email_once'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_staff', True), ('is_superuser', True), ('role', 'administrator')), models.Q(models.Q(('role', 'administrator'), _negated=True), ('is_staff', False), ('is_superuser', False)), _connector='OR'), name='user_role_decides'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True), ('retired_at', None)), fields=('owner',), name='key_one_default'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sealed', ''), _negated=True), ('retired_at__isnull', False), _connector='OR'), name='key_wiped_only_when_deleted'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), fields=('email',), name='invitation_one_pending'),
        ),
        migrations.AddIndex(
            model_name='securityevent',
            index=models.Index(fields=['kind', '-id'], name='event_kind'),
        ),
    ]
